import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeImagesCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import {
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  waitUntilNodegroupDeleted,
} from "@aws-sdk/client-eks";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { LocalWorkspace, PulumiCommand, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import type { WorkerGroupArgs } from "../../components";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import {
  clusterOf,
  eventually,
  makePodNetwork,
  nodesOf,
  type Cluster,
} from "../automation/rotation/podNetwork";
import { sandboxFixture } from "../support/sandbox";

const root = join(__dirname, "..", "..");

/** Makes a worker group of each entry of a file beside it. */
const PROGRAM = `
const { WorkerGroup } = require(${JSON.stringify(join(root, "components", "workerGroup"))});
const workers = JSON.parse(require("node:fs").readFileSync(require("node:path").join(__dirname, "workers.json")));
for (const args of workers) {
  exports[args.groupName] = new WorkerGroup(args.groupName, args).nodeGroups;
}
`;

interface TestProgram {
  readonly folder: string;
  readonly stack: Stack;
}

async function makeProgram(env: Record<string, string>): Promise<TestProgram> {
  const folder = mkdtempSync(join(tmpdir(), "podnet-workers-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "index.ts"), PROGRAM);
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    `name: workers\nruntime:\n  name: nodejs\n  options:\n    tsconfig: ${join(root, "tsconfig.json")}\noptions:\n  refresh: always\n`,
  );
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "test", workDir: folder },
    {
      pulumiCommand: await PulumiCommand.get({ root: standInPulumiRoot() }),
      envVars: { ...env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
    },
  );
  return { folder, stack };
}

/** What an operation does, components and the stack aside, such as `create NodeGroup workers-us-west-2a`. */
function changesIn(events: readonly EngineEvent[]): string[] {
  return events
    .flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? [])
    .filter(({ op, type }) => op !== "same" && op !== "refresh" && type.startsWith("aws:"))
    .map(({ op, type, urn }) => `${op} ${type.split(":").at(-1) ?? ""} ${urn.split("::").at(-1) ?? ""}`)
    .sort();
}

describe("worker groups in a cluster", function () {
  this.timeout(240_000);
  const sandbox = sandboxFixture("bare");
  let cluster: Cluster;
  let program: TestProgram;
  let workers: readonly WorkerGroupArgs[];

  const write = (args: readonly WorkerGroupArgs[]) => {
    writeFileSync(join(program.folder, "workers.json"), JSON.stringify(args));
  };
  const up = async (args: readonly WorkerGroupArgs[] = workers) => {
    write(args);
    const events: EngineEvent[] = [];
    const { outputs, summary } = await program.stack.up({ onEvent: (event) => void events.push(event) });
    return { outputs, changes: changesIn(events), counts: summary.resourceChanges ?? {} };
  };
  const preview = async (args: readonly WorkerGroupArgs[]) => {
    write(args);
    const events: EngineEvent[] = [];
    await program.stack.preview({ onEvent: (event) => void events.push(event) });
    return changesIn(events);
  };
  /** Nodes that are not of the world itself, as their group, max pods and a label. */
  const newNodes = async () => {
    type Node = { readonly status?: { readonly allocatable?: { readonly pods?: string } } };
    const nodes = (await nodesOf(cluster)) as (Awaited<ReturnType<typeof nodesOf>>[number] & Node)[];
    return nodes
      .map(({ metadata: { labels = {} }, status }) => ({
        group: labels["eks.amazonaws.com/nodegroup"] ?? "none",
        pods: status?.allocatable?.pods,
        team: labels.team,
      }))
      .filter(({ group }) => group !== "general")
      .sort((a, b) => (a.group < b.group ? -1 : 1));
  };

  before(async () => {
    const record = sandbox.record();
    const { awsEndpoint: endpoint, region, clusterName } = record;
    cluster = clusterOf(record);
    const { ec2, eks } = cluster.outside;
    await makePodNetwork(record, cluster);

    const { nodegroup } = await eks.send(
      new DescribeNodegroupCommand({ clusterName, nodegroupName: "general" }),
    );
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: nodegroup?.subnets }));
    const { Images: [image] = [] } = await ec2.send(
      new DescribeImagesCommand({ Filters: [{ Name: "name", Values: ["amazon-eks-node-al2023-x86_64-*"] }] }),
    );
    const zones = Subnets.map(({ AvailabilityZone = "", SubnetId = "" }) => ({
      availabilityZone: AvailabilityZone,
      subnetIds: [SubnetId],
    }));
    const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
    await iam.send(new CreateRoleCommand({ RoleName: "scaled", AssumeRolePolicyDocument: "{}" }));
    const { InstanceProfile } = await iam.send(
      new CreateInstanceProfileCommand({ InstanceProfileName: "scaled" }),
    );
    await iam.send(
      new AddRoleToInstanceProfileCommand({ InstanceProfileName: "scaled", RoleName: "scaled" }),
    );
    const ownImage = {
      clusterName,
      like: "general",
      zones: zones.filter(({ availabilityZone }) => availabilityZone === "us-west-2a"),
      imageId: image?.ImageId ?? "",
      osFamily: "al2023" as const,
      minSize: 1,
      maxSize: 2,
      labels: { team: "data" },
      diskSize: 30,
    };
    workers = [
      { clusterName, groupName: "copied", like: "general", minSize: 1 },
      { ...ownImage, groupName: "imaged" },
      {
        ...ownImage,
        groupName: "scaled",
        kind: "autoScaling",
        instanceProfileArn: InstanceProfile?.Arn ?? "",
      },
    ];
    program = await makeProgram(sandbox.env());
  });
  after(() => {
    rmSync(program.folder, { recursive: true, force: true });
  });

  it("makes managed groups, with and without an image of one's own, and an Auto Scaling group", async () => {
    const { changes, outputs } = await up();
    assert.deepEqual(changes, [
      "create Group scaled-us-west-2a",
      "create LaunchTemplate imaged-us-west-2a",
      "create LaunchTemplate scaled-us-west-2a",
      "create NodeGroup copied-us-west-2a",
      "create NodeGroup copied-us-west-2b",
      "create NodeGroup copied-us-west-2c",
      "create NodeGroup imaged-us-west-2a",
    ]);
    assert.deepEqual(outputs.scaled?.value, [
      { nodeGroupName: "scaled-us-west-2a", kind: "autoScaling", availabilityZone: "us-west-2a", maxSize: 2 },
    ]);
  });

  it("has nodes of each that run as many pods as custom networking leaves them", async () => {
    await eventually("five nodes have joined", async () => (await newNodes()).length === 5);
    assert.deepEqual(await newNodes(), [
      { group: "copied-us-west-2a", pods: "20", team: undefined },
      { group: "copied-us-west-2b", pods: "20", team: undefined },
      { group: "copied-us-west-2c", pods: "20", team: undefined },
      { group: "imaged-us-west-2a", pods: "20", team: "data" },
      { group: "none", pods: "20", team: "data" },
    ]);
  });

  it("finds nothing to change the second and the third time", async () => {
    for (const time of ["second", "third"]) {
      const { changes, counts } = await up();
      assert.deepEqual([changes, Object.keys(counts)], [[], ["same"]], time);
    }
  });

  it("finds nothing to change once the old group is gone, with all that was copied from it kept", async () => {
    const { eks } = cluster.outside;
    const old = { clusterName: sandbox.record().clusterName, nodegroupName: "general" };
    await eks.send(new DeleteNodegroupCommand(old));
    await waitUntilNodegroupDeleted({ client: eks, maxWaitTime: 200, minDelay: 1, maxDelay: 1 }, old);
    const { changes, counts } = await up();
    assert.deepEqual([changes, Object.keys(counts)], [[], ["same"]]);
  });

  it("leaves the size alone that others give it", async () => {
    const { autoScaling } = cluster.outside;
    const { AutoScalingGroups = [] } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["scaled-us-west-2a"] }),
    );
    assert.equal(AutoScalingGroups[0]?.DesiredCapacity, 1);
    const raised = workers.map((args) => (args.groupName === "scaled" ? { ...args, maxSize: 3 } : args));
    assert.deepEqual(await preview(raised), ["update Group scaled-us-west-2a"]);
  });

  it("adds a zone and nothing else, and says nothing of an order", async () => {
    const [copied, imaged, scaled] = workers;
    assert.ok(copied && imaged?.zones && scaled);
    const [zone] = imaged.zones;
    assert.ok(zone);
    const added = { availabilityZone: "us-west-2b", subnetIds: ["subnet-b"] };
    assert.deepEqual(await preview([scaled, copied, { ...imaged, zones: [added, zone] }]), [
      "create LaunchTemplate imaged-us-west-2b",
      "create NodeGroup imaged-us-west-2b",
    ]);
  });

  it("changes labels in place", async () => {
    const [copied] = workers;
    assert.ok(copied);
    assert.deepEqual(await preview([{ ...copied, labels: { team: "new" } }, ...workers.slice(1)]), [
      "update NodeGroup copied-us-west-2a",
      "update NodeGroup copied-us-west-2b",
      "update NodeGroup copied-us-west-2c",
    ]);
  });
});
