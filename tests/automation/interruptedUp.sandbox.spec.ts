import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { ListNodegroupsCommand } from "@aws-sdk/client-eks";
import { PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { stringify } from "yaml";
import { bringUp, type BringUpEvent } from "../../automation/bringUp";
import { preview } from "../../automation/preview";
import { previewEnvironment } from "../../automation/previewEnvironment";
import { PulumiError } from "../../automation/pulumiError";
import { openStack } from "../../automation/stack";
import { readStatus } from "../../automation/status/readStatus";
import { UpdateFailedError } from "../../automation/updateFailedError";
import { UpdateInterruptedError } from "../../automation/updateInterruptedError";
import type { PodNetworkArgs } from "../../components";
import type { ResourceChange } from "../../planning/stack/resourceChange";
import { faultClient, type FaultClient } from "../../sandbox/aws/faults/faultClient";
import { isRunning, kill, ownProcesses } from "../../sandbox/processes";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { eventually } from "../sandbox/aws/support/eventually";
import { builtPodnet, podnetProcess, startedPodnet } from "../support/podnetProcess";
import { outsideOf } from "../support/preflight";
import { sandboxFixture } from "../support/sandbox";
import { stackProject } from "../support/stackProject";

const SETTINGS = {
  clusterName: "bare",
  podCidrs: ["100.64.0.0/16"],
  workerGroups: [{ name: "pods-general", replaces: ["general"], like: "general", maxSize: 4 }],
} satisfies PodNetworkArgs;

const ZONES = ["us-west-2a", "us-west-2b", "us-west-2c"];

/** Everything that a pod network consists of, besides its groups of workers. */
const NETWORK = [
  "VpcIpv4CidrBlockAssociation pod-network-100.64.0.0-16",
  ...["Subnet", "RouteTableAssociation", "ENIConfig"].flatMap((type) =>
    ZONES.map((zone) => `${type} pod-network-${zone}`),
  ),
  "Addon pod-network",
];

/** A group of workers as it is in the stack: one of EKS for each zone. */
const groupIn = (name: string) => ZONES.map((zone) => `NodeGroup pod-network-${name}-${zone}`);

const inWords = ({ type, name }: Pick<ResourceChange, "type" | "name">) =>
  `${type.split(":").at(-1) ?? ""} ${name}`;

/** What of changes is something outside of Pulumi. */
const outsideIn = (changes: readonly ResourceChange[]) =>
  changes
    .filter(({ isBookkeeping }) => !isBookkeeping)
    .map(inWords)
    .sort();

/** Whether something happens, and is not only planned, to a resource of a type. */
const happens = (event: BringUpEvent, type: string, state: "started" | "done") =>
  event.kind === "resource" &&
  !event.isPlanned &&
  event.state === state &&
  event.change.type.endsWith(`:${type}`);

/** A step of bringing an environment up for the first time. */
interface Step {
  /** What begins it. */
  readonly begins: (event: BringUpEvent) => boolean;
  /** The call without which nothing gets beyond it: refused until the step is interrupted, however late that is. */
  readonly held?: string;
}

const STEPS: Readonly<Record<string, Step>> = {
  "the look at what would change": { begins: ({ kind }) => kind === "planning" },
  "what would be made": { begins: (event) => event.kind === "resource" && event.isPlanned },
  "the update": { begins: ({ kind }) => kind === "updating", held: "ec2:AssociateVpcCidrBlock" },
  "the block": {
    begins: (event) => happens(event, "VpcIpv4CidrBlockAssociation", "started"),
    held: "ec2:CreateSubnet",
  },
  "the subnets": {
    begins: (event) => happens(event, "Subnet", "started"),
    held: "ec2:AssociateRouteTable",
  },
  // Nothing of Kubernetes can be held: the ENIConfigs may be made by the time at which this is interrupted.
  "their routes and the ENIConfigs": {
    begins: (event) => happens(event, "RouteTableAssociation", "started"),
    held: "eks:UpdateAddon",
  },
  "the add-on": { begins: (event) => happens(event, "Addon", "started"), held: "eks:UpdateAddon" },
  "the workers": { begins: (event) => happens(event, "NodeGroup", "started"), held: "eks:CreateNodegroup" },
  "the wait for the block and aws-node": { begins: ({ kind }) => kind === "awsNode" },
};

describe("an environment that is brought up while something goes wrong (world bare)", function () {
  this.timeout(600_000);
  const { record, env } = sandboxFixture("bare");
  let workDir: string;
  let faults: FaultClient;
  let stack: Stack;

  const environment = () => ({
    ...{ name: "bare", stack: "bare", region: "us-west-2", rotation: {} },
    kubeconfig: record().kubeconfig,
  });
  const configure = (settings: Partial<PodNetworkArgs> = {}) => {
    const entries = Object.entries({ ...SETTINGS, ...settings });
    const config = Object.fromEntries(entries.map(([key, value]) => [`eks-pod-network:${key}`, value]));
    writeFileSync(join(workDir, "Pulumi.bare.yaml"), stringify({ config }));
  };
  /** Worker groups that are like those of the cluster. */
  const groups = (...names: string[]) => ({
    workerGroups: [
      ...SETTINGS.workerGroups,
      ...names.map((name) => ({ name, replaces: [], like: "general", maxSize: 2 })),
    ],
  });
  const options = async () => ({
    workDir,
    pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
    env: podnetEnv(),
  });
  const bring = async (onEvent: (event: BringUpEvent) => void = () => undefined, signal?: AbortSignal) =>
    bringUp(environment(), await options(), {
      ...outsideOf(record()),
      ...(signal !== undefined && { signal }),
      onEvent,
    });
  /** Brings it up until something happens; that it does happen is part of it. */
  const bringUntil = async (happening: (event: BringUpEvent) => boolean) => {
    const interruption = new AbortController();
    const enough = new Error("enough");
    const error: unknown = await bring((event) => {
      if (happening(event)) interruption.abort(enough);
    }, interruption.signal).catch((failure: unknown) => failure);
    assert.equal(error instanceof UpdateInterruptedError ? error.cause : error, enough);
  };
  /** The same groups with larger maxima. */
  const largerBy = (more: number) => {
    const { workerGroups } = groups("pods-throttled", "pods-expired", "pods-told");
    return { workerGroups: workerGroups.map((group) => ({ ...group, maxSize: group.maxSize + more })) };
  };
  const commandLine = (...more: string[]) => {
    const file = join(workDir, "environments.yaml");
    writeFileSync(file, stringify({ environments: [environment()] }));
    return [
      "up",
      "bare",
      "--work-dir",
      workDir,
      "--file",
      file,
      "--pulumi-root",
      standInPulumiRoot(),
      ...more,
    ];
  };
  /** The command that goes on, which finds the same environment from wherever it is pasted. */
  const goesOn = () =>
    `podnet up bare --file=${join(workDir, "environments.yaml")} --work-dir=${workDir} --pulumi-root=${standInPulumiRoot()}`;
  const podnetEnv = () => ({
    ...env(),
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  });
  /** Who has the stack's lock, by process number. */
  const lockHolders = () => {
    const folder = join(fileURLToPath(env().PULUMI_BACKEND_URL ?? ""), ".pulumi", "locks");
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".json"))
      .map((path) => (JSON.parse(readFileSync(join(folder, path), "utf8")) as { pid: number }).pid);
  };
  interface Deployment {
    readonly resources?: readonly { readonly urn: string; readonly type: string; readonly custom: boolean }[];
    readonly pending_operations?: readonly unknown[];
  }
  /** What the stack has recorded: resources outside of Pulumi, and what it does not know the end of. */
  const recorded = async () => {
    const exported: { deployment: Deployment } = await stack.exportStack();
    const { resources = [], pending_operations: pending = [] } = exported.deployment;
    const outside = resources.filter(
      ({ custom, type, urn }) => custom && !type.startsWith("pulumi:") && !/-(live|rolled-out)$/.test(urn),
    );
    return {
      resources: outside.map(({ type, urn }) => inWords({ type, name: urn.split("::").at(-1) ?? "" })).sort(),
      pending,
    };
  };
  /** It is as if nothing had ever gone wrong: in the state, in AWS, and by what another look says. */
  const assertWhole = async (...groupNames: string[]) => {
    const expected = ["pods-general", ...groupNames];
    assert.deepEqual(await recorded(), {
      resources: [...NETWORK, ...expected.flatMap(groupIn)].sort(),
      pending: [],
    });
    const { ec2, eks } = outsideOf(record());
    const inRange = new DescribeSubnetsCommand({ Filters: [{ Name: "cidr-block", Values: ["100.64.*"] }] });
    assert.equal((await ec2.send(inRange)).Subnets?.length, 3);
    const { nodegroups = [] } = await eks.send(new ListNodegroupsCommand({ clusterName: "bare" }));
    assert.deepEqual(
      nodegroups.filter((name) => name.startsWith("pods-")).sort(),
      expected.flatMap((name) => ZONES.map((zone) => `${name}-${zone}`)).sort(),
    );
    const outside = { ...outsideOf(record()), onEvent: () => undefined };
    assert.deepEqual((await preview(stack, outside)).changes, []);
  };

  before(async () => {
    workDir = stackProject();
    configure();
    faults = faultClient(record().awsEndpoint);
    stack = await openStack(environment(), await options());
  });
  /** Has a call refused until the end of the test, so that what needs it does not happen. */
  const hold = async (action: string) => {
    await faults.add({ kind: "throttle", action });
  };
  afterEach(async () => {
    await faults.remove();
  });
  after(() => {
    rmSync(workDir, { recursive: true });
  });

  let known = 0;
  for (const [step, { begins, held }] of Object.entries(STEPS)) {
    it(`records all that it has done when it is interrupted at ${step}`, async () => {
      if (held !== undefined) await hold(held);
      await bringUntil(begins);
      const { resources, pending } = await recorded();
      assert.deepEqual(pending, []);
      assert.ok(resources.length >= known, resources.join(", "));
      known = resources.length;
      if (step !== "the workers") return;
      // The stack says nothing yet of what it has made.
      const outside = { ...outsideOf(record()), onEvent: () => undefined };
      const { addresses } = await previewEnvironment(environment(), stack, outside);
      assert.equal(addresses.after, 3 * (2 ** 13 - 5));
      const status = await readStatus(environment(), await options(), outsideOf(record()));
      assert.deepEqual([status.step, status.next], ["up failed", "podnet up bare"]);
      assert.equal(status.freeAddresses, 3 * (2 ** 13 - 5));
    });
  }

  it("is as if it had never been interrupted, once it is left alone", async () => {
    const result = await bring();
    assert.ok(result.outcome === "done");
    assert.deepEqual(result.changes, []);
    assert.equal(result.awsNode.available, result.awsNode.nodes);
    await assertWhole();
  });

  it("is brought up while AWS refuses each fifth call, and ends the same", async () => {
    configure(groups("pods-throttled"));
    await faults.add({ kind: "throttle", every: 5 });
    const result = await bring();
    assert.ok(result.outcome === "done");
    assert.deepEqual(outsideIn(result.changes), groupIn("pods-throttled"));
    const hits = (await faults.list()).map((fault) => fault.hits);
    assert.ok(
      hits.every((count) => count >= 10),
      `${hits.join(", ")} calls were refused`,
    );
    await faults.remove();
    await assertWhole("pods-throttled");
  });

  it("outlasts a Kubernetes API that does not answer for 30 s in the middle", async () => {
    configure({ ...groups("pods-throttled"), cni: { env: { WARM_IP_TARGET: "3" } } });
    const server = ownProcesses(record().folder).find(({ name }) => name === "kube-apiserver");
    assert.ok(server);
    let isBack: boolean | undefined;
    const result = await bring(({ kind }) => {
      if (kind !== "updating") return;
      isBack = false;
      process.kill(server.pid, "SIGSTOP");
      setTimeout(() => {
        isBack = true;
        process.kill(server.pid, "SIGCONT");
      }, 30_000);
    });
    assert.ok(result.outcome === "done");
    assert.equal(isBack, true);
    assert.deepEqual(outsideIn(result.changes), ["Addon pod-network"]);
    assert.equal(result.awsNode.available, result.awsNode.nodes);
    await assertWhole("pods-throttled");
  });

  it("says how far it came when credentials expire in the middle, and goes on with good ones", async () => {
    configure(groups("pods-throttled", "pods-expired"));
    await faults.add({ kind: "expired-credentials", action: "eks:CreateNodegroup" });
    const error: unknown = await bring().catch((failure: unknown) => failure);
    assert.ok(error instanceof UpdateFailedError, String(error));
    const { done, failed, pending } = error.progress;
    assert.deepEqual([...done, ...failed, ...pending].map(inWords).sort(), groupIn("pods-expired"));
    assert.ok(failed.length > 0);
    assert.match(error.reason, /expired/i);
    assert.match(error.fix, /^The credentials have run out: sign in again with aws sso login /);
    await faults.remove();
    assert.equal((await bring()).outcome, "done");
    await assertWhole("pods-throttled", "pods-expired");
  });

  it("has podnet exit with 130 when it is interrupted in the middle, and tell what is done, what was stopped, and what goes on", async () => {
    configure(groups("pods-throttled", "pods-expired", "pods-told"));
    await hold("eks:CreateNodegroup");
    const podnet = startedPodnet(commandLine("--json"), { env: podnetEnv() });
    await eventually(
      async () => (await faults.list())[0]?.hits ?? 0,
      (count) => count > 0,
      120_000,
    );
    podnet.process.kill("SIGINT");
    const { code, stdout, stderr } = await podnet.ended;
    assert.equal(code, 130, stderr);
    type Told = Record<"done" | "stopped" | "pending", readonly ResourceChange[]>;
    const { error } = JSON.parse(stdout) as { error: Told & { message: string; next: string } };
    assert.deepEqual([error.message, error.next], ["interrupted", goesOn()]);
    const { done, stopped, pending } = error;
    assert.ok(stopped.length > 0);
    for (const change of stopped) assert.match(inWords(change), /^NodeGroup /);
    const total = done.length + stopped.length + pending.length;
    assert.match(stderr, new RegExp(`^${done.length} of ${total} changes are done, and stay so\\.$`, "m"));
    assert.match(stderr, /^Stopped:\n {2}create aws eks NodeGroup /m);
    assert.ok(stderr.includes(`\nNext: ${goesOn()} goes on from here.\n`), stderr);
    assert.doesNotMatch(stderr, /failed/i);
    await faults.remove();
  });

  it("has podnet exit with 3 for it, and tell what is done, what is not, and the next command", async () => {
    configure(groups("pods-throttled", "pods-expired", "pods-told"));
    await faults.add({ kind: "expired-credentials", action: "eks:CreateNodegroup" });
    const { code, stdout, stderr } = podnetProcess(commandLine("--json"), { env: podnetEnv() });
    assert.equal(code, 3);
    const { error } = JSON.parse(stdout) as { error: { message: string; next: string; done: unknown[] } };
    assert.match(error.message, /expired/i);
    assert.deepEqual([error.done, error.next], [[], goesOn()]);
    assert.match(stderr, /^0 of 3 changes are done, and stay so\.\nFailed:\n {2}create aws eks NodeGroup /m);
    assert.ok(
      stderr.includes(`\nNext, when what failed is put right: ${goesOn()} goes on from here.\n`),
      stderr,
    );
    await faults.remove();
    assert.equal((await bring()).outcome, "done");
    await assertWhole("pods-throttled", "pods-expired", "pods-told");
  });

  it("is refused, by the name of who is first, while somebody else brings it up", async () => {
    configure(largerBy(1));
    // The first one can't go on until the second has its answer.
    await faults.add({ kind: "throttle", action: "eks:UpdateNodegroupConfig" });
    let isUnderWay = (): void => undefined;
    const underWay = new Promise<void>((resolve) => (isUnderWay = resolve));
    const first = bring((event) => {
      if (happens(event, "NodeGroup", "started")) isUnderWay();
    });
    await Promise.race([underWay, first]);
    const [holder] = lockHolders();
    const second: unknown = await bring().catch((failure: unknown) => failure);
    await faults.remove();
    assert.ok(second instanceof PulumiError, String(second));
    assert.ok(
      second.reason.startsWith(
        `another update of it runs. It was begun by ${userInfo().username}@${hostname()} (pid ${holder}) at `,
      ),
      second.reason,
    );
    assert.equal((await first).outcome, "done");
    await assertWhole("pods-throttled", "pods-expired", "pods-told");
  });

  it("names the lock that a killed one leaves, and goes on once that is taken away", async () => {
    configure(largerBy(2));
    await faults.add({ kind: "throttle", action: "eks:UpdateNodegroupConfig" });
    const podnet = spawn(process.execPath, [builtPodnet, ...commandLine()], {
      env: { ...process.env, ...podnetEnv() },
      stdio: "ignore",
    });
    const hits = async () => (await faults.list())[0]?.hits ?? 0;
    await eventually(hits, (count) => count > 0, 120_000);
    const [holder = 0] = lockHolders();
    for (const pid of [podnet.pid ?? 0, holder]) kill(pid);
    await eventually(
      () => Promise.resolve(isRunning(holder)),
      (isThere) => !isThere,
    );
    await faults.remove();

    const refused: unknown = await bring().catch((failure: unknown) => failure);
    assert.ok(refused instanceof PulumiError, String(refused));
    assert.match(refused.reason, new RegExp(`was killed and has left it locked: .* \\(pid ${holder}\\)`));
    assert.match(refused.fix, /^pulumi cancel --stack bare /);
    await stack.cancel();
    assert.equal((await bring()).outcome, "done");
    await assertWhole("pods-throttled", "pods-expired", "pods-told");
  });
});
