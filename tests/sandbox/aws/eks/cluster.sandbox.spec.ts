import assert from "node:assert/strict";
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateAddonCommand,
  CreateClusterCommand,
  CreateFargateProfileCommand,
  DeleteClusterCommand,
  DeleteFargateProfileCommand,
  DescribeClusterCommand,
  DescribeFargateProfileCommand,
  DescribeUpdateCommand,
  ListClustersCommand,
  ListFargateProfilesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterConfigCommand,
} from "@aws-sdk/client-eks";
import { eventually } from "../support/eventually";
import { frontFixture, REGION } from "../support/frontFixture";
import { freeAddresses, makeNetwork } from "../support/network";

describe("clusters of the emulated EKS", function () {
  this.timeout(120_000);
  const aws = frontFixture();
  let subnetIds: string[] = [];
  let vpcId = "";
  const roleArn = "arn:aws:iam::123456789012:role/small-cluster";
  const create = (more: object = {}) =>
    aws().eks.send(
      new CreateClusterCommand({ name: "small", roleArn, resourcesVpcConfig: { subnetIds }, ...more }),
    );
  before(async () => {
    ({ subnetIds, vpcId } = await makeNetwork(aws().ec2, "10.8.0.0/16", ["10.8.0.0/24", "10.8.1.0/24"]));
  });

  it("are refused in one zone, of another version, and with what the sandbox doesn't know", async () => {
    await assert.rejects(create({ resourcesVpcConfig: { subnetIds: subnetIds.slice(0, 1) } }), {
      name: "InvalidParameterException",
      message: "Subnets specified must be in at least two different AZs",
    });
    await assert.rejects(create({ version: "1.29" }), {
      name: "InvalidParameterException",
      message: /unsupported Kubernetes version 1\.29/,
    });
    await assert.rejects(create({ deletionProtection: true }), {
      name: "InvalidParameterException",
      message: /deletionProtection/,
    });
    assert.deepEqual((await aws().eks.send(new ListClustersCommand({}))).clusters, []);
  });

  it("are what nobody made: not found, with the name", async () => {
    await assert.rejects(aws().eks.send(new DescribeClusterCommand({ name: "nobody" })), {
      name: "ResourceNotFoundException",
      message: "No cluster found for name: nobody.",
      clusterName: "nobody",
    });
  });

  it("have the control plane's endpoint and CA, and a security group and ENIs in the VPC", async () => {
    const { ec2, eks } = aws();
    const created = await create({ tags: { team: "platform" } });
    assert.equal(created.cluster?.status, "CREATING");
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: "small" }));
    assert.equal(cluster?.status, "ACTIVE");
    assert.equal(cluster.version, "1.36");
    assert.equal(cluster.endpoint, "https://127.0.0.1:1");
    assert.equal(
      Buffer.from(cluster.certificateAuthority?.data ?? "", "base64").toString(),
      "a certificate\n",
    );
    assert.equal(cluster.kubernetesNetworkConfig?.serviceIpv4Cidr, "172.20.0.0/16");
    assert.equal(cluster.resourcesVpcConfig?.vpcId, vpcId);
    assert.deepEqual(cluster.resourcesVpcConfig.subnetIds, subnetIds);
    assert.ok(cluster.createdAt instanceof Date);

    const groupId = cluster.resourcesVpcConfig.clusterSecurityGroupId ?? "";
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
    const tags = Object.fromEntries(
      (SecurityGroups?.[0]?.Tags ?? []).map(({ Key = "", Value }) => [Key, Value]),
    );
    assert.equal(tags["aws:eks:cluster-name"], "small");
    assert.equal(tags["kubernetes.io/cluster/small"], "owned");
    assert.deepEqual(
      SecurityGroups?.[0]?.IpPermissions?.map((one) => one.UserIdGroupPairs?.[0]?.GroupId),
      [groupId],
    );
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "description", Values: ["Amazon EKS small"] }],
      }),
    );
    assert.deepEqual(NetworkInterfaces?.map((one) => one.SubnetId).sort(), [...subnetIds].sort());
  });

  it("get another endpoint when they are no longer public, and keep it when they are again", async () => {
    const { eks } = aws();
    const setPublic = (endpointPublicAccess: boolean) =>
      eks.send(
        new UpdateClusterConfigCommand({
          name: "small",
          resourcesVpcConfig: { endpointPublicAccess, endpointPrivateAccess: true },
        }),
      );
    const endpoint = async () =>
      (await eks.send(new DescribeClusterCommand({ name: "small" }))).cluster?.endpoint;
    const before = await endpoint();
    const { update } = await setPublic(false);
    assert.equal(update?.type, "EndpointAccessUpdate");
    assert.deepEqual(update.params, [
      { type: "EndpointPublicAccess", value: "false" },
      { type: "EndpointPrivateAccess", value: "true" },
      { type: "PublicAccessCidrs", value: '["0.0.0.0/0"]' },
    ]);
    const described = await eks.send(new DescribeUpdateCommand({ name: "small", updateId: update.id }));
    assert.equal(described.update?.status, "Successful");
    const silent = await endpoint();
    assert.notEqual(silent, before);
    assert.match(silent ?? "", /^https:\/\/127\.0\.0\.1:\d+$/);
    await setPublic(true);
    assert.equal(await endpoint(), silent);
    await assert.rejects(create({ resourcesVpcConfig: { subnetIds, endpointPublicAccess: false } }), {
      name: "ResourceInUseException",
    });
  });

  it("are one, as there is one control plane; others stay in CREATING, and nothing is made in them", async () => {
    const { eks } = aws();
    await assert.rejects(create(), { name: "ResourceInUseException", clusterName: "small" });
    const six = { kubernetesNetworkConfig: { ipFamily: "ipv6" }, computeConfig: { enabled: true } };
    await create({ name: "second", ...six });
    assert.deepEqual((await eks.send(new ListClustersCommand({}))).clusters, ["small", "second"]);
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: "second" }));
    assert.deepEqual(
      [cluster?.status, cluster?.resourcesVpcConfig?.vpcId, cluster?.endpoint],
      ["CREATING", vpcId, undefined],
    );
    assert.equal(cluster?.kubernetesNetworkConfig?.ipFamily, "ipv6");
    assert.equal(cluster.kubernetesNetworkConfig.serviceIpv4Cidr, undefined);
    assert.equal(cluster.computeConfig?.enabled, true);
    await assert.rejects(eks.send(new CreateAddonCommand({ clusterName: "second", addonName: "vpc-cni" })), {
      name: "ResourceInUseException",
      message: /^Cluster second is CREATING/,
    });
    await eks.send(new DeleteClusterCommand({ name: "second" }));
    assert.deepEqual((await eks.send(new ListClustersCommand({}))).clusters, ["small"]);
  });

  it("have tags that come and go", async () => {
    const { eks } = aws();
    const resourceArn = `arn:aws:eks:${REGION}:123456789012:cluster/small`;
    await eks.send(new TagResourceCommand({ resourceArn, tags: { stage: "test" } }));
    await eks.send(new UntagResourceCommand({ resourceArn, tagKeys: ["team"] }));
    assert.deepEqual((await eks.send(new ListTagsForResourceCommand({ resourceArn }))).tags, {
      stage: "test",
    });
  });

  it("have Fargate profiles in private subnets of their VPC, changed one at a time", async () => {
    const { ec2, eks } = aws();
    const create = (fargateProfileName: string, subnets = subnetIds) =>
      eks.send(
        new CreateFargateProfileCommand({
          clusterName: "small",
          fargateProfileName,
          podExecutionRoleArn: roleArn,
          subnets,
          selectors: [{ namespace: "batch" }],
        }),
      );
    await assert.rejects(create("nowhere", ["subnet-00000000"]), {
      name: "InvalidParameterException",
      message: /'subnet-00000000' does not exist in the cluster's VPC/,
    });
    const { fargateProfile } = await create("one");
    assert.equal(fargateProfile?.status, "CREATING");
    await assert.rejects(create("two"), {
      name: "ResourceInUseException",
      message: /currently has Fargate profile one in status CREATING/,
    });
    const profile = { clusterName: "small", fargateProfileName: "one" };
    await eventually(
      () => eks.send(new DescribeFargateProfileCommand(profile)),
      (told) => told.fargateProfile?.status === "ACTIVE",
    );
    assert.deepEqual(
      (await eks.send(new ListFargateProfilesCommand({ clusterName: "small" }))).fargateProfileNames,
      ["one"],
    );
    await assert.rejects(create("one"), { name: "ResourceInUseException" });

    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const InternetGatewayId = InternetGateway?.InternetGatewayId;
    await ec2.send(new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId }));
    const { RouteTables: [main] = [] } = await ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
    );
    const out = { RouteTableId: main?.RouteTableId, DestinationCidrBlock: "0.0.0.0/0" };
    await ec2.send(new CreateRouteCommand({ ...out, GatewayId: InternetGatewayId }));
    await assert.rejects(create("public"), {
      name: "InvalidParameterException",
      message: /provided in Fargate Profile is not a private subnet/,
    });
    await ec2.send(new DeleteRouteCommand(out));

    await eks.send(new DeleteFargateProfileCommand(profile));
    await eventually(
      () => eks.send(new ListFargateProfilesCommand({ clusterName: "small" })),
      ({ fargateProfileNames = [] }) => fargateProfileNames.length === 0,
    );
    await assert.rejects(eks.send(new DescribeFargateProfileCommand(profile)), {
      name: "ResourceNotFoundException",
    });
  });

  it("leave nothing in the VPC when they are deleted", async () => {
    const { ec2, eks } = aws();
    await eks.send(new DeleteClusterCommand({ name: "small" }));
    assert.deepEqual((await eks.send(new ListClustersCommand({}))).clusters, []);
    assert.equal(await freeAddresses(ec2, subnetIds[0] ?? ""), 251);
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
    );
    assert.deepEqual(
      SecurityGroups.map((one) => one.GroupName),
      ["default"],
    );
  });
});
