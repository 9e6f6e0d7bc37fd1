import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateSubnetCommand } from "@aws-sdk/client-ec2";
import { DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import { parse } from "yaml";
import type { InitResult } from "../../../automation/init/init";
import type { PodNetworkArgs } from "../../../components";
import type { Preflight } from "../../../planning/preflight/preflight";
import { existingClusterStack } from "../../support/existingClusterStack";
import { without } from "../../support/without";
import { podnetProcess } from "../../support/podnetProcess";
import { temporaryFolder } from "../../support/temporaryFolder";
import { makeEniConfigs } from "../../../sandbox/worlds/eniConfigs";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, WorldView, zoneOf } from "./worldView";

describe("the world zone-without-eniconfig", function () {
  this.timeout(300_000);
  const { record, env } = sandboxFixture("zone-without-eniconfig");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const nodeOfZoneC = async () => {
    const { items } = await world.core.listNode();
    const node = items.find((one) => zoneOf(one) === "us-west-2c");
    assert.ok(node !== undefined);
    return node;
  };

  it("is told by preflight of the zone, and of the node that waits there", async () => {
    const [finding, ...others] = findingsOf(await preflightOf(record()), "ENICONFIG-MISSING");
    assert.equal(finding?.level, "stop");
    assert.equal(
      finding.title,
      "custom networking is on, and us-west-2c has no ENIConfig: new nodes there never become Ready",
    );
    assert.match(finding.evidence[1] ?? "", /^1 node in us-west-2c, not Ready: ip-10-8-\S+\.$/);
    assert.deepEqual(others, []);
  });

  it("has ENIConfigs for zones a and b only", async () => {
    assert.equal((await world.awsNodeEnv()).AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, "true");
    const names = (await world.eniConfigs()).map(({ name }) => name);
    assert.deepEqual(names, ["us-west-2a", "us-west-2b"]);
  });

  it("has Ready nodes there, and one in zone c that is not, without an ENI for pods", async () => {
    const states = (await world.nodes()).map((line) => line.replace(/ \d+$/, ""));
    assert.deepEqual(states, ["us-west-2a Ready", "us-west-2b Ready", "us-west-2c NotReady"]);
    const interfaces = await world.interfacesOf(await nodeOfZoneC());
    assert.deepEqual(
      interfaces.map(({ Attachment }) => Attachment?.DeviceIndex),
      [0],
    );
    const { nodegroup } = await world.eks.send(
      new DescribeNodegroupCommand({ clusterName: record().clusterName, nodegroupName: "added-zone" }),
    );
    assert.notEqual(nodegroup?.status, "ACTIVE");
  });

  it("has no place for a pod in zone c", async () => {
    const nodeSelector = { "topology.kubernetes.io/zone": "us-west-2c" };
    const containers = [{ name: "main", image: "registry.example/probe:1" }];
    const place = { name: "probe", namespace: "default" };
    await world.core.createNamespacedPod({
      namespace: place.namespace,
      body: { metadata: { name: place.name }, spec: { nodeSelector, containers } },
    });
    await eventually("the scheduler has refused it", async () => {
      const { status } = await world.core.readNamespacedPod(place);
      return status?.conditions?.some(({ reason }) => reason === "Unschedulable") === true;
    });
  });

  /** What init writes into a folder for the cluster as it is now. */
  const proposedBy = (folder: string) => {
    const args = ["--cluster", "zone-without-eniconfig", "--region", record().region, "--name", "shop"];
    const init = podnetProcess(["init", ...args, "--work-dir", folder, "--json"], { env: env() });
    assert.equal(init.code, 0, init.stderr);
    const { notes } = JSON.parse(init.stdout) as InitResult;
    const { config } = parse(readFileSync(join(folder, "stacks", "Pulumi.shop.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const settings = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace("eks-pod-network:", ""), value]),
    );
    return { notes, settings };
  };

  it("is proposed by init to be taken over, which preflight and preview have nothing against", async () => {
    const folder = temporaryFolder();
    // Somebody's, in a folder that is no project of Pulumi.
    writeFileSync(join(folder, "index.ts"), "export {};\n");
    const { notes, settings } = proposedBy(folder);
    assert.equal(readFileSync(join(folder, "index.ts"), "utf8"), "export {};\n");
    assert.match(readFileSync(join(folder, "Pulumi.yaml"), "utf8"), /^main: eks-pod-network\.cjs$/m);
    assert.deepEqual(notes, [
      "index.ts is there already, and stays as it is: the program is eks-pod-network.cjs.",
      "The cluster has a pod network already: 100.64.0.0/16, 2 subnets, 2 ENIConfigs are taken over (adopt).",
      "No pod on nodes of added-zone, general has an address outside of it: they are not replaced.",
    ]);
    const ids = new Map((await world.eniConfigs()).map(({ name, subnet }) => [name, subnet]));
    assert.deepEqual(settings, {
      "aws:region": record().region,
      clusterName: "zone-without-eniconfig",
      podCidrs: ["100.64.0.0/16"],
      adopt: {
        cidrBlocks: ["100.64.0.0/16"],
        podSubnets: [ids.get("us-west-2a"), ids.get("us-west-2b")],
        eniConfigs: ["us-west-2a", "us-west-2b"],
      },
    });

    const preflight = podnetProcess(["preflight", "shop", "--work-dir", folder, "--json"], { env: env() });
    const { findings } = JSON.parse(preflight.stdout) as Preflight;
    assert.deepEqual(
      findings.map(({ id }) => id).filter((id) => /^(POD-CIDR|PLAN|ENICONFIG-FOREIGN)/.test(id)),
      [],
    );
    const stack = await existingClusterStack(record());
    const { dangers, changes } = await stack.outlook(
      without(settings, "aws:region") as unknown as PodNetworkArgs,
    );
    assert.deepEqual(dangers, []);
    assert.deepEqual(
      changes
        .filter(({ operation }) => operation !== "create")
        .map(({ operation, type, name }) => `${operation} ${type.split(":").at(-1) ?? ""} ${name}`)
        .sort(),
      [
        "import Addon pod-network",
        "import ENIConfig pod-network-us-west-2a",
        "import ENIConfig pod-network-us-west-2b",
        "import Subnet pod-network-us-west-2a",
        "import Subnet pod-network-us-west-2b",
        "import VpcIpv4CidrBlockAssociation pod-network-100.64.0.0-16",
      ],
    );
    stack.remove();
    rmSync(folder, { recursive: true });
  });

  it("becomes whole with a subnet and an ENIConfig for the zone", async () => {
    const { Subnet } = await world.ec2.send(
      new CreateSubnetCommand({
        VpcId: (await world.cluster()).resourcesVpcConfig?.vpcId,
        CidrBlock: "100.64.2.0/24",
        AvailabilityZone: "us-west-2c",
      }),
    );
    await makeEniConfigs(world.kubeConfig, { "us-west-2c": Subnet?.SubnetId ?? "" });
    await eventually("the node is Ready", async () => isReady(await nodeOfZoneC()));
    const [, forPods] = await world.interfacesOf(await nodeOfZoneC());
    assert.equal(forPods?.SubnetId, Subnet?.SubnetId);
  });

  it("stays known as taken over: settings that no longer say so are told before anything is done", async () => {
    const folder = temporaryFolder();
    const settings = without(proposedBy(folder).settings, "aws:region") as unknown as PodNetworkArgs;
    const stack = await existingClusterStack(record());
    await stack.up(settings);
    assert.deepEqual((await stack.outlook(settings)).dangers, []);
    const { changes, dangers } = await stack.outlook({
      ...settings,
      adopt: without({ ...settings.adopt }, "cidrBlocks"),
    });
    assert.deepEqual(changes, []);
    assert.deepEqual(
      dangers.map(({ id, resource, title, wayOut }) => [id, resource, title, wayOut]),
      [
        [
          "ADOPTION-LOST",
          "pod-network-100.64.0.0-16",
          "forgets that the block 100.64.0.0/16 was taken over",
          "Name 100.64.0.0/16 in adopt.cidrBlocks of the stack's settings again, and leave it there for as long as the stack is there.",
        ],
      ],
    );
    stack.remove();
    rmSync(folder, { recursive: true });
  });
});
