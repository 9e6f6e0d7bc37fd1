import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeAddonCommand,
  DescribeNodegroupCommand,
  EKSClient,
  UpdateNodegroupConfigCommand,
} from "@aws-sdk/client-eks";
import { PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { awaitAwsNode } from "../../automation/awsNodeRollout";
import { systemClock } from "../../automation/clock";
import { recordCni } from "../../automation/cniRecord";
import { readDrift } from "../../automation/drift/readDrift";
import { environmentNamed, readEnvironments } from "../../automation/environments";
import { kubeConfigOf } from "../../automation/kubeConfig";
import { connectKubernetes, type ApiObject } from "../../automation/kubernetes";
import { podNetworkOutputs } from "../../automation/podNetworkOutputs";
import { preview } from "../../automation/preview";
import { PulumiError } from "../../automation/pulumiError";
import type { ResourceChange, StackEvent } from "../../automation/pulumiEvents";
import { Runner, type RunnerOptions } from "../../automation/runner";
import { clusterNameOf, openExistingStack, openStack } from "../../automation/stack";
import { readStatus } from "../../automation/status/readStatus";
import type { VerificationEvent } from "../../automation/verification/verificationEvent";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { joinedNode } from "../support/newPods";
import { outsideOf as sandboxOutside } from "../support/preflight";
import { sandboxFixture } from "../support/sandbox";
import { stackProject } from "../support/stackProject";
import { unguardedUp } from "../support/unguardedUp";

const root = join(__dirname, "..", "..");
const stackFile = join(root, "stacks", "Pulumi.sandbox.yaml");

/** What the stack of the small world consists of, in the order of its kinds. */
const EVERYTHING = [
  "create VpcIpv4CidrBlockAssociation pod-network-100.64.0.0-16",
  "create Subnet pod-network-us-west-2a",
  "create Subnet pod-network-us-west-2b",
  "create Subnet pod-network-us-west-2c",
  "create RouteTableAssociation pod-network-us-west-2a",
  "create RouteTableAssociation pod-network-us-west-2b",
  "create RouteTableAssociation pod-network-us-west-2c",
  "create ENIConfig pod-network-us-west-2a",
  "create ENIConfig pod-network-us-west-2b",
  "create ENIConfig pod-network-us-west-2c",
  "import Addon pod-network",
  "create NodeGroup pod-network-pods-batch-us-west-2a",
  "create NodeGroup pod-network-pods-batch-us-west-2b",
  "create NodeGroup pod-network-pods-batch-us-west-2c",
  "create NodeGroup pod-network-pods-general-us-west-2a",
  "create NodeGroup pod-network-pods-general-us-west-2b",
  "create NodeGroup pod-network-pods-general-us-west-2c",
];

const inWords = ({ operation, type, name }: ResourceChange) =>
  `${operation} ${type.split(":").at(-1) ?? ""} ${name}`;

/** Changes outside of Pulumi, in words, as a set. */
const outsideOf = (changes: readonly ResourceChange[]) =>
  changes
    .filter(({ isBookkeeping }) => !isBookkeeping)
    .map(inWords)
    .sort();

/** A project of the same program whose stack is configured otherwise. */
function projectWith(change: (config: string) => string): string {
  const folder = stackProject();
  writeFileSync(join(folder, "Pulumi.sandbox.yaml"), change(readFileSync(stackFile, "utf8")));
  return folder;
}

describe("bringing the small world up", function () {
  this.timeout(400_000);
  const sandbox = sandboxFixture("small");
  const configBefore = readFileSync(stackFile, "utf8");
  let stack: Stack;
  let ec2: EC2Client;
  let eks: EKSClient;
  let foreign: string | undefined;
  let beforeIt: unknown;
  let cniBefore: unknown;

  const events: StackEvent[] = [];
  const outside = (
    signal = new AbortController().signal,
    onEvent: (event: StackEvent) => void = () => undefined,
  ) => ({
    clock: systemClock,
    signal,
    onEvent: (event: StackEvent) => {
      events.push(event);
      onEvent(event);
    },
  });
  const environment = () => ({
    ...environmentNamed("sandbox", readEnvironments(join(root, "stacks", "environments.yaml"))),
    kubeconfig: sandbox.record().kubeconfig,
  });
  const describeAddOn = async () => {
    const { addon } = await eks.send(
      new DescribeAddonCommand({ clusterName: "small", addonName: "vpc-cni" }),
    );
    return addon?.configurationValues ?? "";
  };
  const open = async (openIt = openStack) =>
    openIt(environment(), {
      workDir: root,
      pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
      env: sandbox.env(),
    });
  const connect = () =>
    connectKubernetes(kubeConfigOf(environment()), {
      clock: systemClock,
      signal: new AbortController().signal,
    });
  /** What is recorded of the CNI, after it was recorded again. */
  const recordedCni = async () => {
    const kubernetes = connect();
    const outside = { kubernetes, eks, signal: new AbortController().signal };
    const isWritten = await recordCni(await clusterNameOf(stack), outside);
    type ConfigMap = ApiObject & { data: { record: string } };
    const { data } = await kubernetes.get<ConfigMap>(
      "/api/v1/namespaces/kube-system/configmaps/eks-pod-network-cni",
    );
    return { isWritten, record: JSON.parse(data.record) as Record<string, unknown> };
  };

  before(async () => {
    const { awsEndpoint: endpoint, region } = sandbox.record();
    const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
    ec2 = new EC2Client({ endpoint, region, credentials });
    eks = new EKSClient({ endpoint, region, credentials });
    foreign = await describeAddOn();
    beforeIt = await open(openExistingStack).catch((error: unknown) => error);
    stack = await open();
  });
  beforeEach(() => {
    events.length = 0;
  });

  it("is to come first for those who only look at the stack", async () => {
    assert.ok(beforeIt instanceof PulumiError);
    assert.equal(beforeIt.reason, "the backend has no stack sandbox.");
    assert.equal((await open(openExistingStack)).name, "sandbox");
  });

  it("previews every resource and changes nothing", async () => {
    const { changes } = await preview(stack, outside());
    assert.deepEqual(outsideOf(changes), [...EVERYTHING].sort());
    assert.deepEqual(changes.find(({ operation }) => operation === "import")?.changedProperties, [
      "configurationValues",
      "preserve",
      "resolveConflictsOnUpdate",
    ]);
    assert.equal(await describeAddOn(), foreign);
    const { Subnets } = await ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "cidr-block", Values: ["100.64.*"] }] }),
    );
    assert.deepEqual(Subnets, []);
  });

  it("has recorded first how the CNI was set, and does so once", async () => {
    const { isWritten, record } = await recordedCni();
    assert.equal(isWritten, true);
    assert.deepEqual([record.clusterName, record.configurationValues], ["small", foreign]);
    const { env } = JSON.parse(foreign ?? "") as { env: Record<string, string> };
    const recorded = record.env as Record<string, string>;
    for (const [name, value] of Object.entries(env)) assert.equal(recorded[name], value, name);
    assert.deepEqual(await recordedCni(), { isWritten: false, record });
    cniBefore = record;
  });

  it("stops when it is told to, with what it began recorded", async () => {
    const interruption = new AbortController();
    const stopped = unguardedUp(
      stack,
      outside(interruption.signal, (event) => {
        const isSubnet = event.kind === "resource" && event.change.type === "aws:ec2/subnet:Subnet";
        if (isSubnet && event.state === "done") interruption.abort(new Error("enough"));
      }),
    );
    await assert.rejects(stopped, /^Error: enough$/);
    interface Deployment {
      readonly resources: readonly { readonly type: string }[];
      readonly pending_operations?: readonly unknown[];
    }
    const exported: { deployment: Deployment } = await stack.exportStack();
    const { resources, pending_operations: pending = [] } = exported.deployment;
    assert.ok(resources.some(({ type }) => type === "aws:ec2/subnet:Subnet"));
    assert.ok(!resources.some(({ type }) => type === "aws:eks/nodeGroup:NodeGroup"));
    assert.deepEqual(pending, []);
  });

  it("finishes what was stopped in the safe order; a second update changes nothing", async () => {
    const { outputs } = await unguardedUp(stack, outside());
    const done = events.flatMap((event) =>
      event.kind === "resource" && event.state === "done" && !event.change.isBookkeeping
        ? [event.change.type.split(":").at(-1)]
        : [],
    );
    const order = [
      "VpcIpv4CidrBlockAssociation",
      "Subnet",
      "RouteTableAssociation",
      "ENIConfig",
      "Addon",
      "NodeGroup",
    ].filter((type) => done.includes(type));
    const ofSubnets = (type: string | undefined) => type === "Subnet" || type === "RouteTableAssociation";
    const steps = order.filter((type) => !ofSubnets(type));
    assert.deepEqual(
      done.filter((type, index) => !ofSubnets(type) && done.indexOf(type) === index),
      steps,
    );
    assert.ok(done.findLastIndex(ofSubnets) < done.indexOf("ENIConfig"));
    assert.deepEqual(
      outputs.podSubnets.map(({ availabilityZone, cidrBlock }) => `${availabilityZone} ${cidrBlock}`),
      ["us-west-2a 100.64.0.0/19", "us-west-2b 100.64.32.0/19", "us-west-2c 100.64.64.0/19"],
    );

    const again = await unguardedUp(stack, outside());
    assert.deepEqual(again.changes, []);
    // What is only read is aws-node.
    assert.deepEqual(Object.keys(again.counts).sort(), ["read", "same"]);
    assert.deepEqual(await podNetworkOutputs(stack), outputs);
  });

  it("gives each pod subnet the routes of its zone's nodes and no tag of load balancers", async () => {
    const { podSubnets } = await podNetworkOutputs(stack);
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
    const tableOf = (id: string | undefined) =>
      RouteTables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === id));
    for (const { availabilityZone, subnetId } of podSubnets) {
      const nodes = Subnets.find(
        ({ AvailabilityZone, Tags = [] }) =>
          AvailabilityZone === availabilityZone &&
          Tags.some(({ Key, Value }) => Key === "Name" && Value?.includes("private") === true),
      );
      assert.notEqual(tableOf(nodes?.SubnetId), undefined);
      assert.equal(tableOf(subnetId)?.RouteTableId, tableOf(nodes?.SubnetId)?.RouteTableId);
      const { Tags = [] } = Subnets.find(({ SubnetId }) => SubnetId === subnetId) ?? {};
      assert.deepEqual(Tags.map(({ Key, Value }) => `${Key ?? ""}=${Value ?? ""}`).sort(), [
        `Name=small-pods-${availabilityZone}`,
        "eks-pod-network.io/cluster=small",
      ]);
    }
  });

  it("keeps every setting that others gave the CNI", async () => {
    type Values = { env: Record<string, string> };
    const before = JSON.parse(foreign ?? "") as Values;
    assert.ok(Object.keys(before.env).length > 1);
    assert.deepEqual(JSON.parse(await describeAddOn()), {
      ...before,
      env: {
        ...before.env,
        // It was set by hand on the DaemonSet.
        AWS_VPC_K8S_CNI_LOGLEVEL: "INFO",
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
        ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
      },
    });
  });

  it("writes the ENIConfigs, and aws-node runs with the settings everywhere", async () => {
    const signal = new AbortController().signal;
    const kubernetes = connect();
    type EniConfig = ApiObject & { spec: { subnet: string; securityGroups: string[] } };
    const written = await kubernetes.list<EniConfig, [string, string]>(
      "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs",
      ({ metadata, spec }) => [metadata.name, spec.subnet],
    );
    const { podSubnets } = await podNetworkOutputs(stack);
    assert.deepEqual(
      written,
      podSubnets.map(({ availabilityZone, subnetId }) => [availabilityZone, subnetId]),
    );
    const progress = await awaitAwsNode({
      kubernetes,
      clock: systemClock,
      signal,
      onProgress: () => undefined,
    });
    assert.deepEqual(progress, { nodes: 6, updated: 6, available: 6 });
    assert.deepEqual(await recordedCni(), { isWritten: false, record: cniBefore });
  });

  it("makes workers that begin empty and are sized by others", async () => {
    const { workerGroups } = await podNetworkOutputs(stack);
    assert.deepEqual(workerGroups[0], {
      name: "pods-general",
      kind: "managed",
      nodeGroupName: "pods-general-us-west-2a",
      availabilityZone: "us-west-2a",
      replaces: ["general"],
      maxSize: 4,
    });
    assert.equal(workerGroups.length, 6);
    const { nodegroup } = await eks.send(
      new DescribeNodegroupCommand({ clusterName: "small", nodegroupName: "pods-general-us-west-2a" }),
    );
    assert.deepEqual(nodegroup?.scalingConfig, { minSize: 0, desiredSize: 0, maxSize: 4 });
    assert.equal(nodegroup.amiType, "AL2023_x86_64_STANDARD");
  });

  it("finds nothing to change when others sized the workers", async () => {
    const group = { clusterName: "small", nodegroupName: "pods-batch-us-west-2b" };
    await eks.send(new UpdateNodegroupConfigCommand({ ...group, scalingConfig: { desiredSize: 1 } }));
    assert.deepEqual(outsideOf((await preview(stack, outside())).changes), []);
  });

  it("has a status, and no drift until somebody changes by hand what the stack made", async () => {
    const options = {
      workDir: root,
      pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
      env: sandbox.env(),
    };
    const around = { ...sandboxOutside(sandbox.record()), onEvent: () => undefined };
    await joinedNode(sandbox.record(), "pods-batch-us-west-2b");
    const status = await readStatus(environment(), options, around);
    assert.deepEqual([status.step, status.next, status.lastRun?.kind], ["up", "podnet rotate sandbox", "up"]);
    // One new worker is there, which an autoscaler has added.
    assert.equal(status.nodes.old, status.nodes.of - 1);
    assert.ok(status.freeAddresses > 24_000, `${status.freeAddresses}`);
    assert.deepEqual(status.network.podCidrs, ["100.64.0.0/16"]);

    const clean = await readDrift(environment(), options, around);
    assert.deepEqual([clean.isDrifted, clean.changes, clean.live], [false, [], []]);

    const { podSubnets } = await podNetworkOutputs(stack);
    const [{ subnetId, availabilityZone } = { subnetId: "", availabilityZone: "" }] = podSubnets;
    const Tags = [{ Key: "owner", Value: "somebody" }];
    await ec2.send(new CreateTagsCommand({ Resources: [subnetId], Tags }));
    const drifted = await readDrift(environment(), options, around);
    assert.equal(drifted.isDrifted, true);
    assert.deepEqual(drifted.changes.map(inWords), [`update Subnet pod-network-${availabilityZone}`]);
    await ec2.send(new DeleteTagsCommand({ Resources: [subnetId], Tags }));
  });

  it("is taken through the procedure by runners, two of them side by side in one process", async () => {
    const lines: string[] = [];
    const stop = new AbortController();
    const options: RunnerOptions = {
      workDir: root,
      pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
      env: sandbox.env(),
      connect: () => sandboxOutside(sandbox.record()),
      log: (line) => lines.push(line),
    };
    const runner = new Runner({ ...options, signal: stop.signal });
    const other = new Runner(options);

    const up = runner.up(environment());
    const told: string[] = [];
    for await (const { event } of up) if ("kind" in event) told.push(event.kind);
    const result = await up.result;
    assert.equal(result.outcome, "done");
    assert.deepEqual(outsideOf(result.changes), []);
    assert.deepEqual(
      [told[0], told.includes("updating"), told.includes("awsNode")],
      ["planning", true, true],
    );
    assert.deepEqual(
      lines.filter((line) => !line.includes("nodes have")),
      ["looking at what would change", "changing it", "waiting for aws-node"].map(
        (line) => `sandbox: ${line}`,
      ),
    );

    const [preflight, preview, status, plan, verification] = await Promise.all([
      runner.preflight(environment()).result,
      runner.preview(environment()).result,
      other.status(environment()).result,
      other.planRotation(environment()).result,
      other.verify(environment()).result,
    ]);
    assert.deepEqual(
      preflight.findings.filter(({ level }) => level === "stop"),
      [],
    );
    assert.deepEqual([preview.changes, preview.lookAt], [[], []]);
    assert.equal(plan.old.length, status.nodes.old);
    assert.equal(verification.isVerified, false);
    assert.deepEqual(
      [verification.newNodes.right, verification.deviations, verification.securityGroups],
      [1, [], { right: 2, of: 2 }],
    );
    assert.equal((await other.drift(environment()).result).isDrifted, false);

    const elsewhere = { ...environment(), account: "999999999999" };
    await assert.rejects(other.up(elsewhere).result, { name: "WrongAccountError" });
    stop.abort(new Error("enough"));
    await assert.rejects(runner.verify(environment()).result, /^Error: enough$/);
    assert.equal((await other.verify(environment()).result).nodes, verification.nodes);
  });

  describe("is verified", () => {
    const NAMESPACES = "/api/v1/namespaces";
    const SMOKE = "eks-pod-network-smoke";
    const smokeLabels = {
      "app.kubernetes.io/name": SMOKE,
      "app.kubernetes.io/managed-by": "eks-pod-network",
    };
    let options: RunnerOptions;
    let runner: Runner;
    const kubernetes = () => connectKubernetes(kubeConfigOf(environment()), outside());
    /** Namespaces of smoke tests, those that are ending aside. */
    const smokeNamespaces = () =>
      kubernetes()
        .list(NAMESPACES, ({ metadata }: ApiObject) => metadata, {
          labelSelector: `app.kubernetes.io/name=${SMOKE}`,
        })
        .then((found) =>
          found.flatMap(({ name, deletionTimestamp }) => (deletionTimestamp === undefined ? [name] : [])),
        );

    before(async () => {
      options = {
        workDir: root,
        pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
        env: sandbox.env(),
        connect: () => sandboxOutside(sandbox.record()),
      };
      runner = new Runner(options);
    });

    it("by new pods, which are spread over the zones of new nodes, and by ipamd of every node", async () => {
      const run = runner.verify(environment(), { smoke: true, deep: true });
      const told: VerificationEvent[] = [];
      for await (const { type, event } of run) if (type === "verification") told.push(event);
      const { smoke, deep, nodes } = await run.result;
      assert.deepEqual(
        { ...smoke, zones: smoke?.zones.map(({ availabilityZone }) => availabilityZone) },
        {
          image: "public.ecr.aws/nginx/nginx:1.23",
          pods: { right: 10, of: 10 },
          zones: ["us-west-2a", "us-west-2b", "us-west-2c"],
          failures: [],
        },
      );
      assert.deepEqual(smoke?.zones.map(({ pods }) => pods).sort(), [3, 3, 4]);
      assert.deepEqual(deep, { nodes: { right: nodes, of: nodes }, differences: [], unread: [] });
      const ready = told.flatMap((event) => (event.type === "smokePods" ? [event.ready] : []));
      assert.equal(ready.at(-1), 10);
      assert.equal(told.filter(({ type }) => type === "ipamdAsked").length >= nodes, true);
      assert.deepEqual(await smokeNamespaces(), []);
    });

    it("by new pods that are removed when it is interrupted, and those of a killed one the next time", async () => {
      const stop = new AbortController();
      const run = new Runner({ ...options, signal: stop.signal }).verify(environment(), { smoke: true });
      const follow = async () => {
        for await (const { type, event } of run)
          if (type === "verification" && event.type === "smokePods") stop.abort(new Error("enough"));
      };
      await assert.rejects(follow(), /^Error: enough$/);
      assert.deepEqual(await smokeNamespaces(), []);

      const leftOver = (name: string, overBy: string) =>
        kubernetes().create(NAMESPACES, {
          metadata: { name, labels: smokeLabels, annotations: { "eks-pod-network.io/over-by": overBy } },
        });
      await leftOver(`${SMOKE}-killed`, "2026-01-01T00:00:00Z");
      await leftOver(`${SMOKE}-running`, "2999-01-01T00:00:00Z");
      const { smoke } = await runner.verify(environment(), { smoke: true, smokeImage: "example.com/web:1" })
        .result;
      assert.deepEqual([smoke?.image, smoke?.failures], ["example.com/web:1", []]);
      assert.deepEqual(await smokeNamespaces(), [`${SMOKE}-running`]);
      await kubernetes().delete(`${NAMESPACES}/${SMOKE}-running`);
    });

    it("as it was deployed, by ENIConfigs and security groups that somebody changed", async () => {
      const { podSubnets } = await podNetworkOutputs(stack);
      const place = podSubnets.find(({ availabilityZone }) => availabilityZone === "us-west-2b");
      const other = podSubnets.find(({ availabilityZone }) => availabilityZone === "us-west-2a");
      const { subnetId = "" } = place ?? {};
      const path = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs/us-west-2b";
      const { NetworkInterfaces: [eni] = [] } = await ec2.send(
        new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "subnet-id", Values: [subnetId] }] }),
      );
      const [eniId = "", groups = []] = [
        eni?.NetworkInterfaceId,
        eni?.Groups?.map(({ GroupId = "" }) => GroupId),
      ];
      const { GroupId = "" } = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName: "others", Description: "others", VpcId: eni?.VpcId }),
      );
      const setGroups = (Groups: string[]) =>
        ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eniId, Groups }));
      await setGroups([GroupId]);
      await kubernetes().patch(path, { spec: { subnet: other?.subnetId } });
      const { deviations, isVerified, securityGroups } = await runner.verify(environment()).result;
      await kubernetes().patch(path, { spec: { subnet: subnetId } });
      await setGroups(groups);
      assert.deepEqual(
        [
          isVerified,
          securityGroups.of - securityGroups.right,
          deviations.map(({ about, title }) => [about, title.split(" of node ")[0]]),
        ],
        [
          false,
          1,
          [
            ["eniConfigs", `ENIConfig us-west-2b names ${other?.subnetId ?? ""}, its stack says ${subnetId}`],
            ["securityGroups", `ENI ${eniId}`],
          ],
        ],
      );
      assert.deepEqual((await runner.verify(environment()).result).deviations, []);
    });
  });

  it("keeps the size that others gave the workers when their maximum changes", async () => {
    const copy = projectWith((config) => config.replaceAll("maxSize: 4", "maxSize: 5"));
    try {
      const changed = await openStack(environment(), {
        workDir: copy,
        pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
        env: sandbox.env(),
      });
      const { changes } = await unguardedUp(changed, outside());
      assert.deepEqual(
        [...new Set(changes.map(({ operation, type }) => `${operation} ${type}`))],
        ["update aws:eks/nodeGroup:NodeGroup"],
      );
    } finally {
      rmSync(copy, { recursive: true });
    }
    const { nodegroup } = await eks.send(
      new DescribeNodegroupCommand({ clusterName: "small", nodegroupName: "pods-batch-us-west-2b" }),
    );
    assert.deepEqual(nodegroup?.scalingConfig, { minSize: 0, desiredSize: 1, maxSize: 5 });
  });

  it("raises a group that is smaller than a raised minimum, and no other; and then has nothing to change", async () => {
    // That of batch is the second: one of its groups has a node.
    const copy = projectWith((config) => {
      const [general = "", second = ""] = config
        .replaceAll("maxSize: 4", "maxSize: 5")
        .split(/(?=- name: pods-batch)/);
      return general + second.replace("maxSize: 5", "maxSize: 5\n      minSize: 1");
    });
    try {
      const changed = await openStack(environment(), {
        workDir: copy,
        pulumi: await PulumiCommand.get({ root: standInPulumiRoot() }),
        env: sandbox.env(),
      });
      await eks.send(
        new UpdateNodegroupConfigCommand({
          clusterName: "small",
          nodegroupName: "pods-batch-us-west-2b",
          scalingConfig: { desiredSize: 2 },
        }),
      );
      await unguardedUp(changed, outside());
      assert.deepEqual(outsideOf((await preview(changed, outside())).changes), []);
    } finally {
      rmSync(copy, { recursive: true });
    }
    const sizes = ["pods-batch-us-west-2a", "pods-batch-us-west-2b"].map(async (nodegroupName) => {
      const group = { clusterName: "small", nodegroupName };
      return (await eks.send(new DescribeNodegroupCommand(group))).nodegroup?.scalingConfig;
    });
    assert.deepEqual(await Promise.all(sizes), [
      { minSize: 1, desiredSize: 1, maxSize: 5 },
      { minSize: 1, desiredSize: 2, maxSize: 5 },
    ]);
  });

  it("refuses to be destroyed", async () => {
    await assert.rejects(stack.destroy(), /protect/);
  });

  it("never writes the stack's configuration", () => {
    assert.equal(readFileSync(stackFile, "utf8"), configBefore);
  });
});
