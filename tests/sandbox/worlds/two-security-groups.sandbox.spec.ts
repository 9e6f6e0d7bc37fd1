import assert from "node:assert/strict";
import { DescribeSecurityGroupsCommand, type NetworkInterface } from "@aws-sdk/client-ec2";
import { UpdateNodegroupConfigCommand } from "@aws-sdk/client-eks";
import type { V1Node } from "@kubernetes/client-node";
import { makeEniConfigs } from "../../../sandbox/worlds/eniConfigs";
import { setEnv } from "../../../sandbox/worlds/setEnv";
import { eventually } from "../../automation/rotation/podNetwork";
import { findingsOf, preflightOf, titlesOf, withoutIds } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { isReady, WorldView, zoneOf } from "./worldView";

describe("the world two-security-groups", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("two-security-groups");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  /** The security groups of an ENI, by name; EKS's own is `cluster`. */
  const groupsOf = async ({ Groups = [] }: NetworkInterface) => {
    const ofCluster = (await world.cluster()).resourcesVpcConfig?.clusterSecurityGroupId;
    return Groups.map(({ GroupId, GroupName = "" }) =>
      GroupId === ofCluster ? "cluster" : GroupName,
    ).sort();
  };

  it("is told by preflight of the group that tomorrow's pods would miss, unless they are given it", async () => {
    const found = await preflightOf(record());
    assert.deepEqual(titlesOf(found, "SG-NODES"), ["pods have sg (ledger-clients) today, and not tomorrow"]);
    const [finding] = findingsOf(found, "SG-NODES");
    assert.equal(
      withoutIds(finding?.evidence[1] ?? ""),
      "sg (ledger-database) admits 5432/tcp from sg (ledger-clients).",
    );
    const [node] = await world.instances();
    const podSecurityGroups = (node?.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
    const withBoth = await preflightOf(record(), { podSecurityGroups });
    assert.deepEqual(findingsOf(withBoth, "SG-NODES"), []);
  });

  it("has every ENI of its nodes in two security groups, also those that are for pods only", async () => {
    const all = async () => {
      const { items } = await world.core.listNode();
      return (await Promise.all(items.map((node) => world.interfacesOf(node)))).flat();
    };
    // A node gets another ENI when its first one has pods.
    await eventually("there are ENIs for pods only", async () => (await all()).length > 3);
    for (const one of await all()) assert.deepEqual(await groupsOf(one), ["cluster", "ledger-clients"]);
  });

  it("has a database that admits one of them only", async () => {
    const { SecurityGroups: [database] = [] } = await world.ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: ["ledger-database"] }] }),
    );
    const [rule, ...others] = database?.IpPermissions ?? [];
    assert.deepEqual(others, []);
    assert.deepEqual([rule?.IpProtocol, rule?.FromPort, rule?.ToPort], ["tcp", 5432, 5432]);
    const admitted = rule?.UserIdGroupPairs?.map(({ GroupId }) => GroupId);
    const [node] = (await world.core.listNode()).items;
    assert.ok(node !== undefined);
    const [primary] = await world.interfacesOf(node);
    const clients = primary?.Groups?.find(({ GroupName }) => GroupName === "ledger-clients");
    assert.deepEqual(admitted, [clients?.GroupId]);
  });

  it("gives pods of a new node the cluster's group alone where ENIConfigs name no other", async () => {
    const { clusterName } = record();
    const before = (await world.core.listNode()).items.map(({ metadata }) => metadata?.uid);
    const { clusterSecurityGroupId = "" } = (await world.cluster()).resourcesVpcConfig ?? {};
    const ofNodes = (await world.core.listNode()).items.map(async (node) => {
      const [primary] = await world.interfacesOf(node);
      return [zoneOf(node), primary?.SubnetId ?? ""] as const;
    });
    await makeEniConfigs(world.kubeConfig, Object.fromEntries(await Promise.all(ofNodes)), [
      clusterSecurityGroupId,
    ]);
    await setEnv(world.kubeConfig, {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
      ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
    });
    await world.eks.send(
      new UpdateNodegroupConfigCommand({
        clusterName,
        nodegroupName: "general",
        scalingConfig: { desiredSize: 4 },
      }),
    );
    let added: V1Node | undefined;
    await eventually("a fourth node is Ready", async () => {
      added = (await world.core.listNode()).items.find(({ metadata }) => !before.includes(metadata?.uid));
      return added !== undefined && isReady(added);
    });
    assert.ok(added !== undefined);
    const [primary, forPods] = await world.interfacesOf(added);
    assert.ok(primary !== undefined && forPods !== undefined);
    assert.deepEqual(await groupsOf(primary), ["cluster", "ledger-clients"]);
    assert.deepEqual(await groupsOf(forPods), ["cluster"]);
  });
});
