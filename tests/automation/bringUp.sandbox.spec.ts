import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeAddonCommand,
  DescribeNodegroupCommand,
  EKSClient,
  UpdateAddonCommand,
} from "@aws-sdk/client-eks";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { bringUp, type BringUpEvent, type BringUpOptions } from "../../automation/bringUp";
import { systemClock } from "../../automation/clock";
import { awaitControlPlane } from "../../automation/controlPlaneReach";
import { environmentNamed, InvalidFileError, readEnvironments } from "../../automation/environments";
import { kubeConfigOf } from "../../automation/kubeConfig";
import { connectKubernetes, isStatus } from "../../automation/kubernetes";
import { UpdateFailedError } from "../../automation/updateFailedError";
import type { ResourceChange } from "../../planning/stack/resourceChange";
import { faultClient } from "../../sandbox/aws/faults/faultClient";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { recogniseBlocks } from "../../sandbox/recogniseBlocks";
import { outsideOf as sandboxOutside } from "../support/preflight";
import { sandboxFixture } from "../support/sandbox";
import { stackProject } from "../support/stackProject";

const root = join(__dirname, "..", "..");
const OLD_VERSION = "v1.21.1-eksbuild.8";
const NEW_VERSION = "v1.23.1-eksbuild.1";
const FLAG = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";

const inWords = ({ operation, type, name }: ResourceChange) =>
  `${operation} ${type.split(":").at(-1) ?? ""} ${name}`;

describe("bringing an environment up under the guard", function () {
  this.timeout(420_000);
  const sandbox = sandboxFixture("small", { recogniseAfter: 86_400 });
  const configBefore = readFileSync(join(root, "stacks", "Pulumi.sandbox.yaml"), "utf8");
  let workDir: string;
  let aws: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  let eks: EKSClient;

  /** Configures the stack of a project of the same program. */
  const configure = (change: (config: string) => string) => {
    writeFileSync(join(workDir, "Pulumi.sandbox.yaml"), change(configBefore));
  };
  const environment = () => ({
    ...environmentNamed("sandbox", readEnvironments(join(root, "stacks", "environments.yaml"))),
    kubeconfig: sandbox.record().kubeconfig,
  });
  const bring = async (
    options: Pick<BringUpOptions, "allow" | "controlPlane"> = {},
    onEvent: (event: BringUpEvent) => void = () => undefined,
  ) => {
    const pulumi = await PulumiCommand.get({ root: standInPulumiRoot() });
    const events: BringUpEvent[] = [];
    const result = await bringUp(
      environment(),
      { workDir, pulumi, env: { ...sandbox.env(), PULUMI_NODEJS_TRANSPILE_ONLY: "true" }, ...options },
      {
        ...sandboxOutside(sandbox.record()),
        onEvent: (event) => {
          events.push(event);
          onEvent(event);
        },
      },
    );
    return { result, events, kinds: new Set(events.map(({ kind }) => kind)) };
  };
  const addOn = async () => {
    const command = new DescribeAddonCommand({ clusterName: "small", addonName: "vpc-cni" });
    const { addon } = await eks.send(command);
    const { env = {} } = JSON.parse(addon?.configurationValues ?? "{}") as { env?: Record<string, string> };
    return {
      version: addon?.addonVersion,
      status: addon?.status,
      flag: env[FLAG],
      values: addon?.configurationValues,
    };
  };

  before(async () => {
    workDir = stackProject();
    const { awsEndpoint: endpoint, region } = sandbox.record();
    aws = { endpoint, region, credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" } };
    eks = new EKSClient(aws);
    const { values } = await addOn();
    await eks.send(
      new UpdateAddonCommand({
        clusterName: "small",
        addonName: "vpc-cni",
        addonVersion: OLD_VERSION,
        ...(values !== undefined && { configurationValues: values }),
        resolveConflicts: "PRESERVE",
      }),
    );
    for (let found = await addOn(); found.status !== "ACTIVE"; found = await addOn()) {
      await systemClock.sleep(500);
    }
  });
  after(() => {
    rmSync(workDir, { recursive: true });
  });

  it("is not begun where it is to wait for a first node that nothing makes", async () => {
    configure((config) => config);
    const kinds: string[] = [];
    await assert.rejects(
      bring({ controlPlane: {} }, ({ kind }) => kinds.push(kind)),
      (error) => {
        assert.ok(error instanceof InvalidFileError, String(error));
        assert.equal(error.file, join(workDir, "Pulumi.sandbox.yaml"));
        assert.deepEqual(
          error.problems.map(({ path }) => path),
          ["eks-pod-network:workerGroups[].minSize"],
        );
        return true;
      },
    );
    assert.deepEqual(kinds, []);
  });

  it("waits for a first node until the deadline of the whole, and no longer", async () => {
    await assert.rejects(
      awaitControlPlane(
        {
          ...{ clusterName: "small", region: "us-west-2", vpcId: "", podCidrs: ["100.64.0.0/16"] },
          ...{ podSubnets: [], eniConfigs: [], cni: { mode: "addOn" as const }, workerGroups: [] },
        },
        { ...sandboxOutside(sandbox.record()), deadlineSeconds: 1, onProgress: () => undefined },
      ),
      /^ReachError: no node has joined with the new settings after \d s, so there is nothing to reach$/,
    );
  });

  it("takes the CNI through each minor version, and waits until the control plane reaches the new range", async () => {
    configure(
      (config) =>
        `${config.replace("maxSize: 4", "maxSize: 4\n      minSize: 1")}  eks-pod-network:cni:\n    addOnVersion: ${NEW_VERSION}\n`,
    );
    const written = readFileSync(join(workDir, "Pulumi.sandbox.yaml"), "utf8");
    const waits: string[] = [];
    const { result, events } = await bring({ controlPlane: {} }, (event) => {
      if (event.kind !== "controlPlane" || event.progress === undefined) return;
      waits.push(event.progress.waitingFor);
      if (!event.progress.waitingFor.includes("no way to it yet")) return;
      void recogniseBlocks({ folder: sandbox.record().folder });
    });
    assert.ok(result.outcome === "done");
    assert.deepEqual(
      events.flatMap((event) =>
        event.kind === "cniVersion" ? [`${event.step}/${event.of} ${event.version}`] : [],
      ),
      ["1/2 v1.22.4-eksbuild.3", `2/2 ${NEW_VERSION}`],
    );
    assert.deepEqual(
      events.filter(({ kind }) => kind === "planning"),
      [{ kind: "planning" }, { kind: "planning" }],
    );
    const { version, flag } = await addOn();
    assert.deepEqual([version, flag], [NEW_VERSION, "true"]);
    assert.equal(result.awsNode.nodes, result.awsNode.available);
    assert.ok(
      waits.some((wait) => wait.includes("i/o timeout")),
      waits.join("\n"),
    );
    assert.match(result.controlPlane?.address ?? "", /^100\.64\./);
    const kubernetes = connectKubernetes(kubeConfigOf(environment()), {
      clock: systemClock,
      signal: new AbortController().signal,
    });
    const canary = await kubernetes
      .get<{ metadata: { name: string; deletionTimestamp?: string } }>(
        "/api/v1/namespaces/kube-system/pods/eks-pod-network-canary",
      )
      .catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
        return undefined;
      });
    assert.ok(canary === undefined || canary.metadata.deletionTimestamp !== undefined);
    assert.equal(readFileSync(join(workDir, "Pulumi.sandbox.yaml"), "utf8"), written);
  });

  it("is refused with all dangers at once, and changes nothing", async () => {
    const { values } = await addOn();
    configure(
      (config) =>
        `${config.split("    - name: pods-batch")[0] ?? ""}  eks-pod-network:cni:\n    env: { ${FLAG}: "false" }\n` +
        "  eks-pod-network:force: [custom-networking-off]\n",
    );
    const { result, kinds } = await bring();
    assert.ok(result.outcome === "refused");
    assert.deepEqual(
      result.dangers.map(({ id, resource }) => `${id}=${resource}`),
      [
        "WORKERS-LOST=pod-network-pods-batch-us-west-2a",
        "WORKERS-LOST=pod-network-pods-batch-us-west-2b",
        "WORKERS-LOST=pod-network-pods-batch-us-west-2c",
        "CNI-FLAG-OFF=pod-network",
      ],
    );
    assert.ok(!kinds.has("updating"));
    assert.equal((await addOn()).values, values);
    assert.equal(result.by, "guard");

    const allow = (["WORKERS-LOST", "CNI-FLAG-OFF", "RANGE-LOST"] as const).map((id) => ({ id }));
    const { result: allowed, kinds: happened } = await bring({ allow });
    assert.ok(allowed.outcome === "refused");
    assert.deepEqual(
      [allowed.by, ...allowed.dangers.map(({ resource }) => resource)],
      ["protection", ...["a", "b", "c"].map((zone) => `pod-network-pods-batch-us-west-2${zone}`)],
    );
    assert.deepEqual(allowed.unmatched, [{ id: "RANGE-LOST" }]);
    assert.ok(!happened.has("updating"));
  });

  it("does what is allowed by name, says so, and nothing is dangerous about the way back", async () => {
    configure(
      (config) =>
        `${config}  eks-pod-network:cni:\n    env: { ${FLAG}: "false" }\n  eks-pod-network:force: [custom-networking-off]\n`,
    );
    const allow = [{ id: "CNI-FLAG-OFF", resource: "pod-network" }] as const;
    const { result: allowed } = await bring({ allow });
    assert.ok(allowed.outcome === "done");
    assert.deepEqual(
      allowed.dangers.map(({ id, resource }) => `${id}=${resource}`),
      ["CNI-FLAG-OFF=pod-network"],
    );
    assert.equal(allowed.customNetworking, false);
    assert.equal((await addOn()).flag, "false");
    configure((config) => config);
    const { result } = await bring();
    assert.ok(result.outcome === "done");
    assert.deepEqual([result.dangers, result.customNetworking], [[], true]);
    assert.equal((await addOn()).flag, "true");
  });

  it("looks anew where it would do something else than what was judged", async () => {
    configure((config) => config.replaceAll("maxSize: 4", "maxSize: 5"));
    const { result, events } = await bring({}, ({ kind }) => {
      if (kind === "updating") configure((config) => config.replaceAll("maxSize: 4", "maxSize: 6"));
    });
    assert.equal(result.outcome, "done");
    const looks = events.flatMap((event) => (event.kind === "planning" ? [event.because ?? ""] : []));
    assert.equal(looks.length, 2);
    assert.match(looks[1] ?? "", /violates plan: properties changed: ~~scalingConfig$/);
    const group = { clusterName: "small", nodegroupName: "pods-batch-us-west-2a" };
    const { nodegroup } = await eks.send(new DescribeNodegroupCommand(group));
    assert.equal(nodegroup?.scalingConfig?.maxSize, 6);
  });

  it("explains an update that failed, and goes on from there", async () => {
    const faults = faultClient(sandbox.record().awsEndpoint);
    await faults.add({ kind: "access-denied", action: "eks:CreateNodegroup" });
    configure((config) => {
      const workers = config.replaceAll("maxSize: 4", "maxSize: 7");
      const batch = workers.slice(workers.indexOf("    - name: pods-batch"));
      return workers + batch.replace("pods-batch", "pods-extra").replace("replaces: [batch]", "replaces: []");
    });
    const error: unknown = await bring().catch((failure: unknown) => failure);
    assert.ok(error instanceof UpdateFailedError, String(error));
    const created = ["a", "b", "c"].map((zone) => `create NodeGroup pod-network-pods-extra-us-west-2${zone}`);
    const { done, failed, pending } = error.progress;
    assert.deepEqual(
      [...failed, ...pending]
        .map(inWords)
        .sort()
        .filter((words) => words.startsWith("create")),
      created,
    );
    assert.ok(failed.length > 0);
    assert.match(error.fix, /IAM action/);
    await faults.remove();
    const { result } = await bring();
    assert.ok(result.outcome === "done");
    const left = 3 + 6 - done.length;
    const changes = result.changes.filter(({ isBookkeeping }) => !isBookkeeping);
    assert.equal(changes.length, left);
    assert.deepEqual(
      changes
        .map(inWords)
        .sort()
        .filter((words) => words.startsWith("create")),
      created,
    );
  });
});
