import assert from "node:assert/strict";
import { AuthorizeSecurityGroupIngressCommand, type IpPermission } from "@aws-sdk/client-ec2";
import type { V1Pod } from "@kubernetes/client-node";
import { findingsOf, preflightOf, titlesOf, withoutIds } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { addNodeWithPodRange, becomesReady, copyTo, probeFailureOf } from "./movedPods";
import { isReady, WorldView } from "./worldView";

describe("the world database", function () {
  this.timeout(300_000);
  const { record } = sandboxFixture("database");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  /** The ENI of a database, by its Name tag. */
  const database = async (name: string) => {
    const found = (await world.networkInterfaces()).find(({ TagSet = [] }) =>
      TagSet.some(({ Key, Value }) => Key === "Name" && Value === name),
    );
    return { interfaceId: found?.NetworkInterfaceId ?? "", groupId: found?.Groups?.[0]?.GroupId ?? "" };
  };

  const admit = async (name: string, admitted: IpPermission) => {
    const rule = { IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, ...admitted };
    const { groupId } = await database(name);
    await world.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [rule] }),
    );
  };

  it("is told by preflight of both rules, before anything moves", async () => {
    const found = await preflightOf(record());
    const ofDatabases = findingsOf(found, "SG-INGRESS").map(
      ({ level, title }) => `${level}: ${withoutIds(title)}`,
    );
    assert.deepEqual(ofDatabases.sort(), [
      "stop: security group sg (ledger) admits 5432/tcp from security group sg, not from tomorrow's pods",
      "stop: security group sg (warehouse) admits 5432/tcp from 10.8.0.0/16, not from tomorrow's pods",
    ]);
    assert.deepEqual(titlesOf(found, "SG-NODES"), ["pods have sg (database-nodes) today, and not tomorrow"]);
  });

  it("is told by preflight what is in the way of each place that pods must reach", async () => {
    const found = await preflightOf(record(), {
      mustReach: ["10.8.64.11:5432", "10.8.64.10:5432", "ledger.invalid:5432", "warehouse.internal:5432"],
      lookup: (host) =>
        host === "warehouse.internal"
          ? Promise.resolve(["10.8.64.11"])
          : Promise.reject(new Error(`there is no ${host}`)),
    });
    assert.deepEqual(
      findingsOf(found, "MUST-REACH").map(({ level, title, evidence }) => [
        level,
        title,
        ...evidence.map(withoutIds),
      ]),
      [
        [
          "stop",
          "tomorrow's pods would not reach 10.8.64.11:5432",
          "Security group: sg (warehouse) of eni (warehouse, RDSNetworkInterface) does not admit 5432/tcp from tomorrow's pods.",
        ],
        [
          "stop",
          "tomorrow's pods would not reach 10.8.64.10:5432",
          "Security group: sg (ledger) of eni (ledger, RDSNetworkInterface) does not admit 5432/tcp from tomorrow's pods.",
        ],
        [
          "stop",
          "tomorrow's pods would not reach warehouse.internal:5432 (10.8.64.11)",
          "Security group: sg (warehouse) of eni (warehouse, RDSNetworkInterface) does not admit 5432/tcp from tomorrow's pods.",
        ],
        [
          "warn",
          "ledger.invalid can't be resolved from here, so that ledger.invalid:5432 was not looked at",
          "there is no ledger.invalid",
        ],
      ],
    );
  });

  it("has pods that are Ready, as they reach their databases with the nodes' groups and addresses", async () => {
    const pods = [
      ...(await world.podsOf("orders", "orders-api")),
      ...(await world.podsOf("orders", "reports")),
    ];
    assert.equal(pods.length, 5);
    assert.ok(pods.every(isReady));
    for (const { status } of pods) assert.match(status?.podIP ?? "", /^10\.8\.[01]\./);
  });

  describe("with pods in a range of their own", () => {
    let ordersApi: V1Pod;
    let reports: V1Pod;
    before(async () => {
      const nodeName = await addNodeWithPodRange(world, record().clusterName);
      const [likeOrdersApi] = await world.podsOf("orders", "orders-api");
      const [likeReports] = await world.podsOf("orders", "reports");
      assert.ok(likeOrdersApi !== undefined && likeReports !== undefined);
      ordersApi = await copyTo(nodeName, likeOrdersApi, world);
      reports = await copyTo(nodeName, likeReports, world);
    });

    it("refuses both to them: one for their security group, one for their addresses", async () => {
      const { clusterSecurityGroupId: ofCluster = "" } = (await world.cluster()).resourcesVpcConfig ?? {};
      const ledger = await database("ledger");
      assert.match(
        await probeFailureOf(world, ordersApi),
        new RegExp(
          `^Readiness probe failed: dial tcp 10\\.8\\.64\\.10:5432: i/o timeout \\(security group ${ledger.groupId} ` +
            `\\(ledger\\) of ${ledger.interfaceId}: its ingress admits tcp/5432 from sg-\\w+ \\(database-nodes\\), and ` +
            `not from 100\\.64\\.\\d\\.\\d+ of eni-\\w+ with ${ofCluster} `,
        ),
      );
      assert.match(
        await probeFailureOf(world, reports),
        /10\.8\.64\.11:5432: i\/o timeout \(.* \(warehouse\) .* from 10\.8\.0\.0\/16, and not from 100\.64\./,
      );
      assert.equal(isReady(ordersApi), false);
    });

    it("admits them once the databases' groups name the pods' group and range", async () => {
      const { clusterSecurityGroupId: ofCluster = "" } = (await world.cluster()).resourcesVpcConfig ?? {};
      await admit("ledger", { UserIdGroupPairs: [{ GroupId: ofCluster }] });
      await admit("warehouse", { IpRanges: [{ CidrIp: "100.64.0.0/16" }] });
      await becomesReady(world, ordersApi);
      await becomesReady(world, reports);
    });
  });
});
