import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AssociateRouteTableCommand,
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
} from "@aws-sdk/client-ec2";
import { LocalWorkspace, PulumiCommand, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import type { PodSubnetsArgs, SecondaryCidrArgs } from "../../components";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { awsFixture } from "../sandbox/pulumi/plugins/awsFixture";

const root = join(__dirname, "..", "..");

/** Both components, with the arguments in a file beside the program. */
const PROGRAM = `
const { SecondaryCidr } = require(${JSON.stringify(join(root, "components", "secondaryCidr"))});
const { PodSubnets } = require(${JSON.stringify(join(root, "components", "podSubnets"))});
const args = JSON.parse(require("node:fs").readFileSync(require("node:path").join(__dirname, "args.json")));
const range = new SecondaryCidr("net", args.range);
exports.podSubnets = new PodSubnets("net", args.pods, { dependsOn: range }).podSubnets;
`;

interface Args {
  readonly range: SecondaryCidrArgs;
  readonly pods: PodSubnetsArgs;
}

const zone = (letter: string) => `us-west-2${letter}`;
const inZone = (letter: string, third: number) => ({
  availabilityZone: zone(letter),
  cidrBlock: `100.64.${third}.0/24`,
});

describe("the network of pods, without a cluster", function () {
  this.timeout(240_000);
  const aws = awsFixture({ region: "us-west-2" });
  let folder: string;
  let stack: Stack;
  let args: Args;
  let vpcId: string;

  const run = async (act: "preview" | "up", changed: Args) => {
    writeFileSync(join(folder, "project", "args.json"), JSON.stringify(changed));
    const changes: string[] = [];
    const errors: string[] = [];
    const onEvent = ({ resourcePreEvent, diagnosticEvent }: EngineEvent) => {
      const { op, type = "", urn = "" } = resourcePreEvent?.metadata ?? {};
      if (op !== undefined && op !== "same" && type.startsWith("aws:")) {
        changes.push(`${op} ${type.split(":")[2] ?? ""} ${urn.split("::").at(-1) ?? ""}`);
      }
      if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message);
    };
    const result = await stack[act]({ onEvent }).catch((error: unknown) => error);
    return { changes: changes.sort(), errors: errors.join("\n"), result };
  };
  const upped = async (changed: Args) => {
    const { changes, errors, result } = await run("up", changed);
    assert.ok(!(result instanceof Error), `${errors}\n${String(result)}`);
    return changes;
  };

  before(async () => {
    const { ec2, endpoint } = aws();
    const named = (ResourceType: "vpc" | "subnet", Value: string) => [
      { ResourceType, Tags: [{ Key: "Name", Value }] },
    ];
    const { Vpc } = await ec2.send(
      new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications: named("vpc", "shop") }),
    );
    vpcId = Vpc?.VpcId ?? "";
    // Takes a while, and is there when it is taken over.
    await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: "100.65.0.0/16" }));
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const GatewayId = InternetGateway?.InternetGatewayId ?? "";
    await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId: vpcId }));
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    const RouteTableId = RouteTable?.RouteTableId ?? "";
    await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId }));
    for (const [index, letter] of ["a", "b", "c"].entries()) {
      const { Subnet } = await ec2.send(
        new CreateSubnetCommand({
          VpcId: vpcId,
          AvailabilityZone: zone(letter),
          CidrBlock: `10.0.${index}.0/24`,
          TagSpecifications: named("subnet", `public-${letter}`),
        }),
      );
      await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: Subnet?.SubnetId }));
    }

    folder = mkdtempSync(join(tmpdir(), "podnet-network-"));
    for (const part of ["project", "home", "state"]) mkdirSync(join(folder, part));
    const project = join(folder, "project");
    symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
    writeFileSync(join(project, "index.ts"), PROGRAM);
    writeFileSync(join(project, "package.json"), "{}");
    writeFileSync(
      join(project, "Pulumi.yaml"),
      `name: network\nruntime:\n  name: nodejs\n  options:\n    tsconfig: ${join(root, "tsconfig.json")}\n`,
    );
    stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "test", workDir: project },
      {
        pulumiCommand: await PulumiCommand.get({ root: standInPulumiRoot() }),
        envVars: {
          AWS_ENDPOINT_URL: endpoint,
          AWS_REGION: "us-west-2",
          PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
          PULUMI_CONFIG_PASSPHRASE: "a passphrase",
          PULUMI_HOME: join(folder, "home"),
          PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        },
      },
    );
    args = {
      range: { vpcId, cidrBlocks: [{ cidrBlock: "100.64.0.0/16" }] },
      pods: {
        clusterName: "later",
        vpcName: "shop",
        egress: "natPerZone",
        prefixReservations: true,
        tags: { team: "platform" },
        subnets: [inZone("a", 0), { ...inZone("a", 1), group: "gpu" }, inZone("b", 2)],
      },
    };
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const prefixesOf = (name: string, third: number) =>
    ["16-28", "32-27", "64-26", "128-25"].map(
      (part) => `create SubnetCidrReservation ${name}-100.64.${third}.${part}`,
    );
  const egressOf = (letter: string) =>
    ["Eip", "NatGateway", "Route", "RouteTable"].map((type) => `create ${type} net-${zone(letter)}`);
  const subnetOf = (name: string, third: number) => [
    `create Subnet ${name}`,
    `create RouteTableAssociation ${name}`,
    ...prefixesOf(name, third),
  ];

  it("refuses a block that the VPC can't have, without a trace of its own calls", async () => {
    const range = { vpcId, cidrBlocks: [{ cidrBlock: "198.19.0.0/16" }] };
    const { errors, changes } = await run("preview", { ...args, range });
    assert.match(errors, /cidrBlocks\[0\]\.cidrBlock: 198\.19\.0\.0\/16 can't be added/);
    assert.doesNotMatch(errors, /secondaryCidr\.ts/);
    assert.ok(!changes.some((change) => change.includes("VpcIpv4CidrBlockAssociation")));
  });

  it("refuses default tags of the provider that make something else of subnets", async () => {
    await stack.setConfig("aws:defaultTags", { value: '{"tags":{"kubernetes.io/role/elb":"1"}}' });
    const { errors, changes } = await run("preview", args);
    await stack.removeConfig("aws:defaultTags");
    assert.match(errors, /defaultTags\["kubernetes\.io\/role\/elb"\]: the aws provider puts it on every/);
    assert.ok(!changes.some((change) => change.includes("Subnet")));
  });

  it("makes what is asked for, and finds nothing to change then, not in another order of zones either", async () => {
    assert.deepEqual(
      await upped(args),
      [
        "create VpcIpv4CidrBlockAssociation net-100.64.0.0-16",
        ...egressOf("a"),
        ...egressOf("b"),
        ...subnetOf("net-us-west-2a", 0),
        ...subnetOf("net-us-west-2a-gpu", 1),
        ...subnetOf("net-us-west-2b", 2),
      ].sort(),
    );
    assert.deepEqual(await upped(args), []);
    const subnets = [...args.pods.subnets].reverse();
    assert.deepEqual(await upped({ ...args, pods: { ...args.pods, subnets } }), []);
  });

  it("leads pods out by the NAT gateway of their zone", async () => {
    const { ec2 } = aws();
    const { podSubnets } = await stack.outputs();
    const [first] = (podSubnets?.value ?? []) as { subnetId: string; cidrBlock: string }[];
    assert.equal(first?.cidrBlock, "100.64.0.0/24");
    const { RouteTables: [table] = [] } = await ec2.send(
      new DescribeRouteTablesCommand({
        Filters: [{ Name: "association.subnet-id", Values: [first.subnetId] }],
      }),
    );
    const route = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
    assert.match(route?.NatGatewayId ?? "", /^nat-/);
  });

  it("changes the tags of what has them, and nothing else, when a tag is renamed", async () => {
    args = { ...args, pods: { ...args.pods, tags: { owner: "platform" } } };
    const names = ["net-us-west-2a", "net-us-west-2b"];
    assert.deepEqual(
      await upped(args),
      [
        ...names.flatMap((name) =>
          ["Eip", "NatGateway", "RouteTable", "Subnet"].map((type) => `update ${type} ${name}`),
        ),
        "update Subnet net-us-west-2a-gpu",
      ].sort(),
    );
  });

  it("makes what a further zone needs, and nothing else", async () => {
    args = { ...args, pods: { ...args.pods, subnets: [inZone("c", 3), ...args.pods.subnets] } };
    assert.deepEqual(await upped(args), [...egressOf("c"), ...subnetOf("net-us-west-2c", 3)].sort());
  });

  it("takes over what others made, for good", async () => {
    const { ec2 } = aws();
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        AvailabilityZone: zone("c"),
        CidrBlock: "100.65.0.0/24",
      }),
    );
    const theirs = { availabilityZone: zone("c"), cidrBlock: "100.65.0.0/24", group: "old" };
    args = {
      range: {
        vpcId,
        cidrBlocks: [...(args.range.cidrBlocks ?? []), { cidrBlock: "100.65.0.0/16", adopt: true }],
      },
      pods: {
        ...args.pods,
        subnets: [...args.pods.subnets, { ...theirs, adopt: Subnet?.SubnetId ?? "" }],
      },
    };
    const changes = await upped(args);
    assert.deepEqual(
      changes.filter((change) => / net-(us-west-2c-old|100\.65\.0\.0-16)$/.test(change)),
      [
        "import Subnet net-us-west-2c-old",
        "import VpcIpv4CidrBlockAssociation net-100.65.0.0-16",
        // It has no tags yet. Its routes are left as they are.
        "update Subnet net-us-west-2c-old",
      ],
    );
    assert.deepEqual(await upped(args), []);
  });
});
