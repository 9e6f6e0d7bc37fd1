import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcEndpointCommand,
  DeleteNetworkInterfaceCommand,
  DeleteVpcEndpointsCommand,
  DescribeSubnetsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  AcceptVpcPeeringConnectionCommand,
  CreateRouteCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  DescribeVpcsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { KubeConfig } from "@kubernetes/client-node";
import { NoKubeConfigError } from "../../automation/kubeConfig";
import { preflight } from "../../automation/preflight/preflight";
import { InvalidInputError } from "../../planning/problem";
import { faultClient } from "../../sandbox/aws/faults/faultClient";
import { findingsOf, outsideOf, preflightOf, stopsOf, titlesOf } from "../support/preflight";
import { sandboxFixture } from "../support/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";

describe("a preflight of the small world", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("small");
  let ec2: EC2Client;
  before(() => {
    ({ ec2 } = outsideOf(record()));
  });
  const faults = () => faultClient(record().awsEndpoint);
  afterEach(() => faults().remove());
  const ownVpc = async () => {
    const { Vpcs: [vpc] = [] } = await ec2.send(
      new DescribeVpcsCommand({ Filters: [{ Name: "cidr", Values: ["10.8.0.0/16"] }] }),
    );
    return vpc?.VpcId ?? assert.fail("the small world has a VPC");
  };

  it("finds nothing that stops a migration, sees everything, and tells of the setting that is kubectl's", async () => {
    const found = await preflightOf(record());
    assert.deepEqual(stopsOf(found), []);
    assert.deepEqual(found.notRun, []);
    assert.deepEqual(
      found.findings.map(({ id, title }) => `${id}: ${title}`),
      ["CNI-HELD: kubectl-set holds AWS_VPC_K8S_CNI_LOGLEVEL on aws-node, and EKS does not"],
    );
  });

  it("is told of new groups that are too small for the pods that come to them", async () => {
    const group = (maxSize: number) => ({
      workerGroups: [
        {
          ...{ name: "pods", replaces: ["general", "batch"], like: "general", maxSize },
          instanceTypes: ["t3.medium"],
        },
      ],
    });
    assert.deepEqual(findingsOf(await preflightOf(record(), group(6)), "WORKERS-ROOM"), []);
    assert.deepEqual(
      findingsOf(await preflightOf(record(), group(1)), "WORKERS-ROOM"),
      ["us-west-2a", "us-west-2b", "us-west-2c"].map((zone) => ({
        id: "WORKERS-ROOM",
        level: "stop",
        title: `pods-${zone} would need 2 workers for the pods that come to it; its maximum is 1`,
        evidence: ["They come from 2 nodes; a worker has room for 12 pods and 1930 m CPU."],
        wayOut: "Give worker group pods a maxSize of 2 or more; it counts for each zone.",
      })),
    );
  });

  it("changes nothing: a second one finds the same", async () => {
    assert.deepEqual(await preflightOf(record()), await preflightOf(record()));
  });

  it("knows no other cluster", async () => {
    await assert.rejects(
      preflightOf({ ...record(), clusterName: "smal" }),
      (error) =>
        error instanceof InvalidInputError &&
        error.problems[0]?.reason === 'EKS has no cluster "smal" in this Region and account.',
    );
  });

  it("refuses a place without a port, whatever else there is", async () => {
    await assert.rejects(
      preflightOf(record(), { mustReach: ["db.example.org"] }),
      (error) => error instanceof InvalidInputError && error.problems[0]?.path === "mustReach[0]",
    );
  });

  it("says what it may not look at, and looks at the rest", async () => {
    await faults().add({ kind: "access-denied", action: "ec2:DescribeSecurityGroups" });
    await faults().add({ kind: "access-denied", action: "servicequotas:ListServiceQuotas" });
    const { notRun, findings } = await preflightOf(record());
    assert.deepEqual(
      notRun.map(({ id }) => id),
      ["SG-INGRESS", "SG-EGRESS", "SG-NODES", "MUST-REACH"],
    );
    for (const { why } of notRun)
      assert.match(why, /^the security groups of the VPC: You are not authorized/);
    assert.deepEqual(
      findings.map(({ id }) => id),
      ["CNI-HELD"],
    );
  });

  it("gets through where AWS throttles", async () => {
    await faults().add({ kind: "throttle", every: 3 });
    assert.deepEqual(stopsOf(await preflightOf(record())), []);
  });

  it("has AWS's half where nothing listens at the API's address, at once", async () => {
    const config = new KubeConfig();
    config.loadFromFile(record().kubeconfig);
    const text = config.exportConfig().replaceAll(record().server, "https://127.0.0.1:9");
    const kubeconfig = join(temporaryFolder(), "kubeconfig");
    writeFileSync(kubeconfig, text);
    const began = performance.now();
    const found = await preflightOf(record(), { kubeconfig });
    assert.ok(performance.now() - began < 20_000);
    assert.deepEqual(stopsOf(found), ["API-ANSWERS"]);
    assert.match(findingsOf(found, "API-ANSWERS")[0]?.evidence[0] ?? "", /127\.0\.0\.1:9: .*ECONNREFUSED/);
    assert.ok(["POD-CIDR", "PLAN", "SG-INGRESS", "NODE-ADDRESSES"].every((id) => found.passed.includes(id)));
    assert.ok(found.notRun.every(({ why }) => why.startsWith("the cluster's API does not answer: ")));
  });

  it("has AWS's half where there is no kubeconfig, and says why it has no more", async () => {
    const none = new NoKubeConfigError("there is no kubeconfig", "Write one.");
    const request = { clusterName: record().clusterName, podCidrs: ["100.64.0.0/16"] };
    const found = await preflight(request, { ...outsideOf(record()), kubeConfig: none });
    assert.deepEqual(found.findings, [
      {
        ...{ id: "API-ANSWERS", level: "stop" },
        title: "no kubeconfig leads to the cluster's API: podnet up would not begin",
        evidence: ["there is no kubeconfig"],
        wayOut: "Write one.",
      },
    ]);
    assert.ok(["POD-CIDR", "PLAN", "SG-INGRESS", "NODE-ADDRESSES"].every((id) => found.passed.includes(id)));
    assert.ok(found.notRun.some(({ id }) => id === "CNI-HELD"));
    for (const { why } of found.notRun)
      assert.equal(why, "the cluster's API was not asked: there is no kubeconfig");
  });

  it("names an interface endpoint whose security group admits today's range alone, until it admits each pod subnet", async () => {
    const VpcId = await ownVpc();
    const { Subnets: [subnet] = [] } = await ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] }),
    );
    const { GroupId = "" } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName: "endpoints", Description: "of endpoints" }),
    );
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "10.8.0.0/16" }] },
        ],
      }),
    );
    const { VpcEndpoint } = await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId,
        VpcEndpointType: "Interface",
        ServiceName: "com.amazonaws.us-west-2.sts",
        SubnetIds: [subnet?.SubnetId ?? ""],
        SecurityGroupIds: [GroupId],
      }),
    );
    const [NetworkInterfaceId] = VpcEndpoint?.NetworkInterfaceIds ?? [];
    // AWS gives the interface its groups at once.
    await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [GroupId] }));
    const [finding, ...others] = findingsOf(await preflightOf(record()), "SG-INGRESS");
    assert.equal(
      finding?.title,
      `security group ${GroupId} (endpoints) admits 443/tcp from 10.8.0.0/16, not from tomorrow's pods`,
    );
    assert.equal(
      finding.evidence[1],
      `${NetworkInterfaceId}: interface endpoint ${VpcEndpoint?.VpcEndpointId} of com.amazonaws.us-west-2.sts`,
    );
    assert.deepEqual(others, []);
    const admit = (CidrIp: string) =>
      ec2.send(
        new AuthorizeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp }] }],
        }),
      );
    // Of a /16 for pods, three zones have a /19 each.
    await admit("100.64.0.0/18");
    assert.equal(findingsOf(await preflightOf(record()), "SG-INGRESS").length, 1);
    await admit("100.64.64.0/19");
    assert.deepEqual(findingsOf(await preflightOf(record()), "SG-INGRESS"), []);
    await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpoint?.VpcEndpointId ?? ""] }));
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })).catch(() => undefined);
    assert.deepEqual(findingsOf(await preflightOf(record()), "SG-INGRESS"), []);
  });

  it("knows the way back of a peered network that sees pods by their own addresses", async () => {
    const own = await ownVpc();
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.60.0.0/16" }));
    const { VpcPeeringConnection } = await ec2.send(
      new CreateVpcPeeringConnectionCommand({ VpcId: own, PeerVpcId: Vpc?.VpcId }),
    );
    const peering = VpcPeeringConnection?.VpcPeeringConnectionId ?? "";
    await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peering }));
    const tablesOf = async (vpcId = "") => {
      const { RouteTables = [] } = await ec2.send(
        new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
      );
      return RouteTables.map(({ RouteTableId }) => RouteTableId);
    };
    const lead = (RouteTableId: string | undefined, DestinationCidrBlock: string) =>
      ec2.send(
        new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, VpcPeeringConnectionId: peering }),
      );
    for (const table of await tablesOf(own)) await lead(table, "10.60.0.0/16");
    const [others] = await tablesOf(Vpc?.VpcId);
    await lead(others, "10.8.0.0/16");

    const excluding = { cni: { env: { AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "10.60.0.0/16" } } };
    const asked = { ...excluding, mustReach: ["10.60.0.9:443"] };
    const found = await preflightOf(record(), asked);
    assert.deepEqual(stopsOf(found), ["MUST-REACH", "RETURN-ROUTE"]);
    assert.deepEqual(titlesOf(found, "RETURN-ROUTE"), [
      "10.60.0.0/16 has no route back to 100.64.0.0/16 over the peering pcx",
    ]);
    assert.deepEqual(findingsOf(found, "MUST-REACH")[0]?.evidence, [
      `Route: the VPC behind ${peering} has none back to 100.64.0.0/16, and the CNI leaves the pods' addresses as they are.`,
    ]);
    assert.deepEqual(stopsOf(await preflightOf(record(), { mustReach: ["10.60.0.9:443"] })), []);

    await lead(others, "100.64.0.0/16");
    assert.deepEqual(stopsOf(await preflightOf(record(), asked)), []);
  });
});
