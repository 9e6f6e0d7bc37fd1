import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  AssociateVpcCidrBlockCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { readPorts } from "../../../sandbox/controlPlane/portsFile";
import type { SandboxRecord } from "../../../sandbox/record";
import { recogniseBlocks } from "../../../sandbox/recogniseBlocks";
import { upSandbox } from "../../../sandbox/sandbox";
import { noProgress, sandboxFixture } from "../../support/sandbox";
import { eventually } from "../aws/support/eventually";
import { WorldView } from "../worlds/worldView";
import { forwardedAnswer } from "./forwardedAnswer";
import { askThroughKubectl, kubectl } from "./kubectl";

const WEB = "web";
/** The address of a pod in a block that is associated later. */
const LATE_ADDRESS = "100.64.0.9";

describe("the API server's way to nodes and pods", function () {
  this.timeout(300_000);
  const { record } = sandboxFixture("bare", { recogniseAfter: 86_400 });
  let world: WorldView;
  let kubeConfig: KubeConfig;
  let awsNodes: readonly V1Pod[];

  const run = (...args: string[]) => kubectl(record(), args);
  /** What the API server answers about a path of a pod. */
  const proxied = async (namespace: string, pod: string, port: number, path = "") =>
    await run("get", "--raw", `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/${path}`);

  before(async () => {
    world = new WorldView(record());
    kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(record().kubeconfig);
    await world.core.createNamespacedPod({
      namespace: "default",
      body: {
        metadata: { name: WEB, annotations: { "sandbox/stop-after": "1s" } },
        spec: {
          containers: [{ name: "web", image: "registry.example/web:1", ports: [{ containerPort: 8080 }] }],
        },
      },
    });
    awsNodes = (await world.core.listNamespacedPod({ namespace: "kube-system" })).items.filter(
      ({ metadata }) => metadata?.labels?.["k8s-app"] === "aws-node",
    );
    await eventually(
      () => world.core.readNamespacedPod({ namespace: "default", name: WEB }),
      ({ status }) => status?.phase === "Running",
    );
  });

  describe("by the pod proxy", () => {
    it("comes to a port that a container declares, and is told whose it is", async () => {
      const { spec, status } = await world.core.readNamespacedPod({ namespace: "default", name: WEB });
      const { stdout } = await proxied("default", WEB, 8080, "any/path");
      assert.equal(stdout, `pod default/web\nnode ${spec?.nodeName ?? ""}\naddress ${status?.podIP ?? ""}\n`);
    });

    it("is refused on any other port", async () => {
      const { code, stderr } = await proxied("default", WEB, 9999);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /error trying to reach service: .*dial tcp [\d.]+:9999: connect: connection refused/,
      );
    });

    it("comes to ipamd's metrics, and not to its introspection on the loopback address", async () => {
      const name = awsNodes[0]?.metadata?.name ?? "";
      assert.match((await proxied("kube-system", name, 61678, "metrics")).stdout, /^awscni_eni_max 3$/m);
      const { stderr } = await proxied("kube-system", name, 61679, "v1/enis");
      assert.match(stderr, /:61679: connect: connection refused/);
    });
  });

  describe("by port-forward", () => {
    it("reads ipamd's documents of the very node", async () => {
      assert.equal(awsNodes.length, 3);
      const primary = new Map(
        (await world.networkInterfaces()).map((one) => [one.PrivateIpAddress, one.NetworkInterfaceId]),
      );
      for (const { metadata, status } of awsNodes) {
        const target = {
          namespace: "kube-system",
          pod: metadata?.name ?? "",
          port: 61679,
          path: "/v1/enis",
        };
        const { body } = await forwardedAnswer(kubeConfig, target);
        const { "0": card } = JSON.parse(body) as { "0": { ENIs: Record<string, { IsPrimary: boolean }> } };
        const found = Object.entries(card.ENIs).filter(([, eni]) => eni.IsPrimary);
        assert.deepEqual(
          found.map(([id]) => id),
          [primary.get(status?.podIP)],
        );
      }
    });

    it("finds a pod's address in the document of its node", async () => {
      const { spec, status } = await world.core.readNamespacedPod({ namespace: "default", name: WEB });
      const awsNode = awsNodes.find((pod) => pod.spec?.nodeName === spec?.nodeName);
      const { body } = await forwardedAnswer(kubeConfig, {
        namespace: "kube-system",
        pod: awsNode?.metadata?.name ?? "",
        port: 61679,
        path: "/v1/enis",
      });
      const { "0": card } = JSON.parse(body) as {
        "0": { ENIs: Record<string, unknown>; AssignedIPs: number };
      };
      assert.equal(card.AssignedIPs, 1);
      const text = JSON.stringify(card.ENIs);
      assert.match(text, new RegExp(`"Address":"${status?.podIP ?? ""}"`));
      assert.match(text, /"k8sPodNamespace":"default","k8sPodName":"web"/);
    });

    it("works with kubectl, and with requests one after the other", async () => {
      const target = { namespace: "default", pod: WEB, port: 8080, path: "/" };
      assert.match((await askThroughKubectl(record(), target)).body ?? "", /^pod default\/web$/m);
    });

    it("is told that nothing listens on another port", async () => {
      const target = { namespace: "default", pod: WEB, port: 9999, path: "/" };
      const said = "failed to connect to localhost:9999 inside the pod's network namespace";
      assert.ok((await forwardedAnswer(kubeConfig, target)).error.includes(said));
      assert.ok((await askThroughKubectl(record(), target)).stderr.includes(said));
    });
  });

  describe("by kubectl logs", () => {
    it("is told what the container is", async () => {
      const { stdout } = await run("logs", WEB);
      assert.match(
        stdout,
        /^This is a sandbox: no program runs in the container web \(registry.example\/web:1\)\.$/m,
      );
      assert.match(stdout, /^sandbox\/stop-after: 1s$/m);
    });

    it("is told as many lines as asked for, with their times", async () => {
      const { stdout } = await run("logs", WEB, "--tail=1", "--timestamps");
      assert.match(stdout, /^\d{4}-\d\d-\d\dT[\d:]+Z sandbox\/stop-after: 1s\n$/);
    });

    it("is told what aws-node of the node has done", async () => {
      const name = awsNodes[0]?.metadata?.name ?? "";
      const { stdout } = await run("logs", "--namespace=kube-system", name, "--container=aws-node");
      assert.match(stdout, /^eni-[0-9a-f]+ has \d+ addresses more$/m);
    });
  });

  describe("runs no command", () => {
    it("by kubectl exec and attach, which are told why", async () => {
      for (const args of [
        ["exec", WEB, "--", "id"],
        ["attach", WEB],
      ]) {
        const { code, stdout, stderr } = await run(...args);
        assert.equal(code, 1);
        assert.equal(stdout, "");
        assert.match(stderr, /nothing runs in the containers of a sandbox/);
      }
    });

    it("whatever kwok objects somebody makes", async () => {
      const proof = join(record().folder, "proof");
      const command = ["touch", proof];
      const kinds = [
        kwokObject("ClusterExec", "clusterexecs", { execs: [{ local: {} }] }),
        kwokObject("ClusterPortForward", "clusterportforwards", { forwards: [{ ports: [8081], command }] }),
        kwokObject("ClusterLogs", "clusterlogs", {
          logs: [{ logsFile: join(record().folder, "sandbox.json") }],
        }),
      ];
      for (const { definition, object } of kinds) {
        const made = await kubectl(record(), ["create", "--filename=-"], JSON.stringify(definition));
        assert.equal(made.code, 0, made.stderr);
        // It takes a moment until a kind is served.
        await eventually(
          () => kubectl(record(), ["apply", "--filename=-"], JSON.stringify(object)),
          ({ code }) => code === 0,
        );
      }
      await run("exec", WEB, "--", ...command);
      await askThroughKubectl(record(), { namespace: "default", pod: WEB, port: 8081, path: "/" });
      assert.doesNotMatch((await run("logs", WEB)).stdout, /clusterName/);
      assert.equal(existsSync(proof), false);
    });

    it("nor connects to this computer for a webhook", async () => {
      let connections = 0;
      const listener = createServer(() => (connections += 1));
      await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
      try {
        const { port } = listener.address() as AddressInfo;
        const hook = webhookAt(`https://127.0.0.1:${port}/`);
        await kubectl(record(), ["create", "--filename=-"], JSON.stringify(hook));
        await run("create", "namespace", "hooked");
        const refused = await eventually(
          () => run("create", "configmap", "any", "--namespace=hooked", "--dry-run=server"),
          ({ code }) => code !== 0,
        );
        assert.match(refused.stderr, new RegExp(`dial tcp 127\\.0\\.0\\.1:${port}: i/o timeout`));
        assert.equal(connections, 0);
      } finally {
        listener.close();
        await run("delete", "validatingwebhookconfiguration", "this-computer");
      }
    });

    it("at kwok's own port", async () => {
      const port = readPorts(record().folder)?.kwok ?? 0;
      const response = await fetch(`http://127.0.0.1:${port}/exec/default/${WEB}/web?command=id`, {
        method: "POST",
      });
      assert.equal(response.status, 405);
    });
  });

  it("is as it was asked for at the start: another delay needs another sandbox", async () => {
    const { folder } = record();
    await assert.rejects(upSandbox({ folder, world: "bare", recogniseAfter: 60, progress: noProgress }), {
      message: "the sandbox default is up with --recognise-after 86400, not 60",
    });
  });

  it("ends where the cluster's security group admits nobody", async () => {
    const groupId = (await world.cluster()).resourcesVpcConfig?.clusterSecurityGroupId ?? "";
    const { SecurityGroups: [group] = [] } = await world.ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }),
    );
    const rules = { GroupId: groupId, IpPermissions: group?.IpPermissions ?? [] };
    await world.ec2.send(new RevokeSecurityGroupIngressCommand(rules));
    try {
      await eventually(
        () => proxied("default", WEB, 8080),
        ({ stderr }) => stderr.includes(":8080: i/o timeout"),
      );
      assert.match((await run("logs", WEB)).stderr, /:10250: i\/o timeout/);
    } finally {
      await world.ec2.send(new AuthorizeSecurityGroupIngressCommand(rules));
    }
    await eventually(
      () => proxied("default", WEB, 8080),
      ({ stdout }) => stdout.includes("pod default/web"),
    );
  });

  it("does not come to a block that was associated later until the control plane has recognised it", async () => {
    const groupId = (await world.cluster()).resourcesVpcConfig?.clusterSecurityGroupId ?? "";
    await makeLateAddress(world, groupId);
    await makePodAt(world, record(), LATE_ADDRESS);
    const late = { cidrBlock: "100.64.0.0/16", isRecognised: false };
    await eventually(
      () => blocksOf(record().awsEndpoint),
      (blocks) => isDeepStrictEqual(blocks.at(-1), late),
    );
    assert.match(
      (await proxied("default", "late", 8080)).stderr,
      /dial tcp 100\.64\.0\.9:8080: i\/o timeout/,
    );
    await assert.rejects(recogniseBlocks({ folder: record().folder }, "100.99.0.0/16"), {
      message:
        /^100\.99\.0\.0\/16 is not associated with the cluster's VPC, which has 10\.8\.0\.0\/16, 100\.64/,
    });
    await recogniseBlocks({ folder: record().folder }, "100.64.0.0/16");
    // What EC2 says is read at intervals.
    await eventually(
      () => proxied("default", "late", 8080),
      ({ stdout }) => stdout.includes("address 100.64.0.9\n"),
    );
  });
});

async function blocksOf(awsEndpoint: string): Promise<readonly unknown[]> {
  const response = await fetch(`${awsEndpoint}/_sandbox/blocks`);
  return ((await response.json()) as { blocks: unknown[] }).blocks;
}

/** A second block of the cluster's VPC, with an ENI that has the address. */
async function makeLateAddress(world: WorldView, groupId: string): Promise<void> {
  const VpcId = (await world.cluster()).resourcesVpcConfig?.vpcId ?? "";
  await world.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: "100.64.0.0/16" }));
  const states = async () => {
    const { Vpcs: [vpc] = [] } = await world.ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
    return vpc?.CidrBlockAssociationSet?.map(({ CidrBlockState }) => CidrBlockState?.State);
  };
  await eventually(states, (found) => isDeepStrictEqual(found, ["associated", "associated"]));
  const { Subnet } = await world.ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: "100.64.0.0/24", AvailabilityZone: "us-west-2a" }),
  );
  await world.ec2.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: Subnet?.SubnetId,
      Groups: [groupId],
      PrivateIpAddress: LATE_ADDRESS,
    }),
  );
}

/** A pod that says that it runs there; no node has it, so that nobody says otherwise. */
async function makePodAt(world: WorldView, record: SandboxRecord, podIP: string): Promise<void> {
  const container = { name: "web", image: "registry.example/web:1" };
  await world.core.createNamespacedPod({
    namespace: "default",
    body: {
      metadata: { name: "late" },
      spec: {
        schedulingGates: [{ name: "example.com/never" }],
        containers: [{ ...container, ports: [{ containerPort: 8080 }] }],
      },
    },
  });
  const state = { running: { startedAt: "2026-11-01T10:00:00Z" } };
  const containerStatuses = [{ ...container, imageID: "", ready: true, restartCount: 0, state }];
  const status = { phase: "Running", podIP, podIPs: [{ ip: podIP }], containerStatuses };
  const patch = JSON.stringify({ status });
  const { code, stderr } = await kubectl(record, [
    ...["patch", "pod", "late", "--subresource=status", "--type=merge"],
    `--patch=${patch}`,
  ]);
  assert.equal(code, 0, stderr);
}

/** A webhook about the ConfigMaps of the namespace `hooked`. */
function webhookAt(url: string): object {
  const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["configmaps"] };
  const webhook = {
    name: "this-computer.example.com",
    clientConfig: { url },
    rules: [rule],
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "hooked" } },
    sideEffects: "None",
    admissionReviewVersions: ["v1"],
  };
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "this-computer" },
    webhooks: [webhook],
  };
}

/** One of the kinds by which kwok would run commands and read files, if it were told to look at them. */
function kwokObject(kind: string, plural: string, spec: object) {
  const group = "kwok.x-k8s.io";
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    definition: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: "Cluster",
        names: { kind, plural, singular: kind.toLowerCase() },
        versions: [{ name: "v1alpha1", served: true, storage: true, schema }],
      },
    },
    object: { apiVersion: `${group}/v1alpha1`, kind, metadata: { name: "all" }, spec },
  };
}
