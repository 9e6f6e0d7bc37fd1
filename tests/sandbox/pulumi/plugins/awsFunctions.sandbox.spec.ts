import assert from "node:assert/strict";
import {
  AssociateRouteTableCommand,
  AssociateVpcCidrBlockCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  AttachInternetGatewayCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { CreateAddonCommand, CreateClusterCommand, CreateNodegroupCommand } from "@aws-sdk/client-eks";
import type { GetRouteTableResult } from "@pulumi/aws/ec2/getRouteTable";
import type { GetSubnetResult } from "@pulumi/aws/ec2/getSubnet";
import type { GetVpcResult } from "@pulumi/aws/ec2/getVpc";
import type { GetAddonResult } from "@pulumi/aws/eks/getAddon";
import type { GetAddonVersionResult } from "@pulumi/aws/eks/getAddonVersion";
import type { GetClusterResult } from "@pulumi/aws/eks/getCluster";
import type { GetNodeGroupResult } from "@pulumi/aws/eks/getNodeGroup";
import { faultClient } from "../../../../sandbox/aws/faults/faultClient";
import { controlPlaneFixture } from "../../../support/sandbox";
import { eventually } from "../../aws/support/eventually";
import { awsFixture } from "./awsFixture";
import { text, type Json, type PluginProcess } from "./pluginProcess";

describe("functions of the aws plugin's stand-in", function () {
  this.timeout(120_000);
  const { controlPlane } = controlPlaneFixture();
  const aws = awsFixture({ region: "us-west-2" }, controlPlane);
  let plugin: PluginProcess;
  let vpcId: string;
  let subnetIds: string[];
  let routeTableId: string;
  let gatewayId: string;

  before(async () => {
    plugin = aws().plugin;
    const { ec2, eks } = aws();
    const tagged = (ResourceType: "subnet" | "vpc", Value: string) => ({
      TagSpecifications: [{ ResourceType, Tags: [{ Key: "Name", Value }] }],
    });
    const { Vpc } = await ec2.send(
      new CreateVpcCommand({ CidrBlock: "10.8.0.0/16", ...tagged("vpc", "small") }),
    );
    const VpcId = Vpc?.VpcId ?? "";
    vpcId = VpcId;
    await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: "100.64.0.0/16" }));
    await eventually(
      async () =>
        (await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).Vpcs?.[0]?.CidrBlockAssociationSet,
      (associations) =>
        associations?.every(({ CidrBlockState }) => CidrBlockState?.State === "associated") === true,
    );
    subnetIds = [];
    for (const [zone, CidrBlock] of [
      ["us-west-2a", "10.8.0.0/20"],
      ["us-west-2b", "10.8.16.0/20"],
    ] as const) {
      const command = new CreateSubnetCommand({
        VpcId,
        CidrBlock,
        AvailabilityZone: zone,
        ...tagged("subnet", zone),
      });
      subnetIds.push((await ec2.send(command)).Subnet?.SubnetId ?? "");
    }
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    gatewayId = InternetGateway?.InternetGatewayId ?? "";
    await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: gatewayId }));
    routeTableId = (await ec2.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId ?? "";
    await ec2.send(
      new CreateRouteCommand({
        RouteTableId: routeTableId,
        DestinationCidrBlock: "0.0.0.0/0",
        GatewayId: gatewayId,
      }),
    );
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId: routeTableId, SubnetId: subnetIds[0] }));

    const roleArn = "arn:aws:iam::123456789012:role/small-cluster";
    await eks.send(new CreateClusterCommand({ name: "small", roleArn, resourcesVpcConfig: { subnetIds } }));
    await eks.send(
      new CreateAddonCommand({
        clusterName: "small",
        addonName: "vpc-cni",
        addonVersion: "v1.23.1-eksbuild.1",
        configurationValues: '{"env":{"WARM_ENI_TARGET":"2"}}',
      }),
    );
    await eks.send(
      new CreateNodegroupCommand({
        clusterName: "small",
        nodegroupName: "general",
        nodeRole: "arn:aws:iam::123456789012:role/small-node",
        subnets: subnetIds,
        instanceTypes: ["m5.large"],
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 3 },
        labels: { pool: "general" },
      }),
    );
  });

  /** Keys that the SDK's type says a result has; a missing one does not compile. */
  const keys = <Result>(all: { readonly [Key in keyof Required<Result>]: true }) => Object.keys(all);

  it("getVpc tells a VPC's ranges, attributes and main route table, by ID and by tags", async () => {
    const found = await plugin.invoke("aws:ec2/getVpc:getVpc", { id: vpcId });
    assert.deepEqual(
      // With those that the SDK calls deprecated, which no code may name.
      [...Object.keys(found), "filters"].filter((key) => !/^ipv6(AssociationId|CidrBlock)$/.test(key)).sort(),
      keys<Omit<GetVpcResult, "ipv6AssociationId" | "ipv6CidrBlock">>({
        arn: true,
        cidrBlock: true,
        cidrBlockAssociations: true,
        default: true,
        dhcpOptionsId: true,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        enableNetworkAddressUsageMetrics: true,
        filters: true,
        id: true,
        instanceTenancy: true,
        ipv6CidrBlockAssociations: true,
        mainRouteTableId: true,
        ownerId: true,
        region: true,
        state: true,
        tags: true,
      }),
    );
    assert.equal(found["arn"], `arn:aws:ec2:us-west-2:123456789012:vpc/${vpcId}`);
    assert.deepEqual(
      (found["cidrBlockAssociations"] as Json[]).map(({ cidrBlock, state }) => [cidrBlock, state]),
      [
        ["10.8.0.0/16", "associated"],
        ["100.64.0.0/16", "associated"],
      ],
    );
    assert.match(text(found, "mainRouteTableId"), /^rtb-/);
    assert.notEqual(found["mainRouteTableId"], routeTableId);
    assert.equal(found["enableDnsSupport"], true);
    assert.equal((await plugin.invoke("aws:ec2/getVpc:getVpc", { tags: { Name: "small" } }))["id"], vpcId);
    await assert.rejects(
      plugin.invoke("aws:ec2/getVpc:getVpc", { tags: { Name: "large" } }),
      /no matching EC2 VPC found/,
    );
  });

  it("getSubnet and getSubnets find subnets by zone, filter and tag", async () => {
    const found = await plugin.invoke("aws:ec2/getSubnet:getSubnet", {
      vpcId,
      availabilityZone: "us-west-2b",
    });
    assert.deepEqual(
      [...Object.keys(found), "filters"].sort(),
      keys<GetSubnetResult>({
        arn: true,
        assignIpv6AddressOnCreation: true,
        availabilityZone: true,
        availabilityZoneId: true,
        availableIpAddressCount: true,
        cidrBlock: true,
        customerOwnedIpv4Pool: true,
        defaultForAz: true,
        enableDns64: true,
        enableLniAtDeviceIndex: true,
        enableResourceNameDnsARecordOnLaunch: true,
        enableResourceNameDnsAaaaRecordOnLaunch: true,
        filters: true,
        id: true,
        ipv6CidrBlock: true,
        ipv6CidrBlockAssociationId: true,
        ipv6Native: true,
        mapCustomerOwnedIpOnLaunch: true,
        mapPublicIpOnLaunch: true,
        outpostArn: true,
        ownerId: true,
        privateDnsHostnameTypeOnLaunch: true,
        region: true,
        state: true,
        tags: true,
        vpcId: true,
      }),
    );
    assert.equal(found["id"], subnetIds[1]);
    // Of 4096 EC2 keeps five, and the cluster has an interface in it.
    assert.equal(found["availableIpAddressCount"], 4090);
    await assert.rejects(
      plugin.invoke("aws:ec2/getSubnet:getSubnet", { vpcId }),
      /multiple EC2 Subnets matched/,
    );

    const filters = [{ name: "vpc-id", values: [vpcId] }];
    const all = await plugin.invoke("aws:ec2/getSubnets:getSubnets", { filters });
    assert.deepEqual([...(all["ids"] as string[])].sort(), [...subnetIds].sort());
    assert.deepEqual(
      { ...all, ids: [] },
      { filters, id: "us-west-2", ids: [], region: "us-west-2", tags: {} },
    );
    const tagged = await plugin.invoke("aws:ec2/getSubnets:getSubnets", {
      filters,
      tags: { Name: "us-west-2a" },
    });
    assert.deepEqual(tagged["ids"], [subnetIds[0]]);
  });

  it("getRouteTable and getRouteTables tell routes and associations, without the local routes", async () => {
    const found = await plugin.invoke("aws:ec2/getRouteTable:getRouteTable", {
      subnetId: subnetIds[0] ?? "",
    });
    assert.deepEqual(
      [...Object.keys(found), "filters"].sort(),
      keys<GetRouteTableResult>({
        arn: true,
        associations: true,
        filters: true,
        gatewayId: true,
        id: true,
        ownerId: true,
        region: true,
        routeTableId: true,
        routes: true,
        subnetId: true,
        tags: true,
        vpcId: true,
      }),
    );
    assert.equal(found["routeTableId"], routeTableId);
    const routes = found["routes"] as Json[];
    assert.deepEqual(
      routes.map((route) => [route["cidrBlock"], route["gatewayId"], route["natGatewayId"]]),
      [["0.0.0.0/0", gatewayId, ""]],
    );
    const [association] = found["associations"] as Json[];
    assert.equal(association?.["subnetId"], subnetIds[0]);
    assert.equal(association?.["main"], false);
    await assert.rejects(
      plugin.invoke("aws:ec2/getRouteTable:getRouteTable", { subnetId: "subnet-0" }),
      /no matching EC2 Route Table found/,
    );
    const all = await plugin.invoke("aws:ec2/getRouteTables:getRouteTables", { vpcId });
    assert.equal((all["ids"] as string[]).length, 2);
    assert.ok((all["ids"] as string[]).includes(routeTableId));
  });

  it("getCluster tells the endpoint, the certificate authority and the VPC", async () => {
    const found = await plugin.invoke("aws:eks/getCluster:getCluster", { name: "small" });
    assert.deepEqual(
      Object.keys(found).sort(),
      keys<GetClusterResult>({
        accessConfigs: true,
        arn: true,
        certificateAuthorities: true,
        clusterId: true,
        computeConfigs: true,
        controlPlaneScalingConfigs: true,
        createdAt: true,
        deletionProtection: true,
        enabledClusterLogTypes: true,
        endpoint: true,
        id: true,
        identities: true,
        kubeApiServerConfigs: true,
        kubeControllerManagerConfigs: true,
        kubeSchedulerConfigs: true,
        kubernetesNetworkConfigs: true,
        name: true,
        outpostConfigs: true,
        platformVersion: true,
        region: true,
        remoteNetworkConfigs: true,
        roleArn: true,
        status: true,
        storageConfigs: true,
        tags: true,
        upgradePolicies: true,
        version: true,
        vpcConfig: true,
        zonalShiftConfigs: true,
      }),
    );
    assert.equal(found["endpoint"], controlPlane().server);
    const [authority] = found["certificateAuthorities"] as Json[];
    assert.equal(
      Buffer.from(text(authority ?? {}, "data"), "base64").toString(),
      controlPlane().certificateAuthority,
    );
    const vpcConfig = found["vpcConfig"] as Json;
    assert.equal(vpcConfig["vpcId"], vpcId);
    assert.deepEqual(vpcConfig["subnetIds"], subnetIds);
    assert.match(text(vpcConfig, "clusterSecurityGroupId"), /^sg-/);
    assert.equal(found["version"], "1.36");
    await assert.rejects(
      plugin.invoke("aws:eks/getCluster:getCluster", { name: "large" }),
      /reading EKS Cluster \(large\): api error ResourceNotFoundException: /,
    );
  });

  it("getAddon tells an add-on's version and values", async () => {
    const found = await plugin.invoke("aws:eks/getAddon:getAddon", {
      clusterName: "small",
      addonName: "vpc-cni",
    });
    assert.deepEqual(
      Object.keys(found).sort(),
      keys<GetAddonResult>({
        addonName: true,
        addonVersion: true,
        arn: true,
        clusterName: true,
        configurationValues: true,
        createdAt: true,
        id: true,
        modifiedAt: true,
        podIdentityAssociations: true,
        region: true,
        serviceAccountRoleArn: true,
        tags: true,
      }),
    );
    assert.equal(found["id"], "small:vpc-cni");
    assert.equal(found["addonVersion"], "v1.23.1-eksbuild.1");
    assert.equal(found["configurationValues"], '{"env":{"WARM_ENI_TARGET":"2"}}');
  });

  it("getAddonVersion tells the newest version, or the one that EKS takes by itself", async () => {
    const args = { addonName: "vpc-cni", kubernetesVersion: "1.36" };
    const found = await plugin.invoke("aws:eks/getAddonVersion:getAddonVersion", {
      ...args,
      mostRecent: true,
    });
    assert.deepEqual(
      Object.keys(found).sort(),
      keys<GetAddonVersionResult>({
        addonName: true,
        id: true,
        kubernetesVersion: true,
        mostRecent: true,
        region: true,
        version: true,
      }),
    );
    assert.equal(found["version"], "v1.23.1-eksbuild.1");
    const byDefault = await plugin.invoke("aws:eks/getAddonVersion:getAddonVersion", args);
    assert.equal(byDefault["version"], "v1.23.1-eksbuild.1");
    await assert.rejects(
      plugin.invoke("aws:eks/getAddonVersion:getAddonVersion", { ...args, kubernetesVersion: "1.20" }),
      /reading EKS Add-On version info \(vpc-cni, 1\.20\): couldn't find resource/,
    );
  });

  it("getNodeGroup and getNodeGroups tell a group's sizes, types and Auto Scaling group", async () => {
    const clusterName = "small";
    const groups = await plugin.invoke("aws:eks/getNodeGroups:getNodeGroups", { clusterName });
    assert.deepEqual(groups, { clusterName, id: clusterName, names: ["general"], region: "us-west-2" });
    const found = await plugin.invoke("aws:eks/getNodeGroup:getNodeGroup", {
      clusterName,
      nodeGroupName: "general",
    });
    assert.deepEqual(
      Object.keys(found).sort(),
      keys<GetNodeGroupResult>({
        amiType: true,
        arn: true,
        capacityType: true,
        clusterName: true,
        diskSize: true,
        id: true,
        instanceTypes: true,
        labels: true,
        launchTemplates: true,
        nodeGroupName: true,
        nodeRoleArn: true,
        region: true,
        releaseVersion: true,
        remoteAccesses: true,
        resources: true,
        scalingConfigs: true,
        status: true,
        subnetIds: true,
        tags: true,
        taints: true,
        updateConfigs: true,
        version: true,
        warmPoolConfigs: true,
      }),
    );
    assert.deepEqual(found["scalingConfigs"], [{ desiredSize: 0, maxSize: 3, minSize: 0 }]);
    assert.deepEqual(found["instanceTypes"], ["m5.large"]);
    assert.deepEqual(found["labels"], { pool: "general" });
  });

  it("getRegion, getAvailabilityZones and getCallerIdentity tell where and who one is", async () => {
    assert.deepEqual(await plugin.invoke("aws:index/getRegion:getRegion", {}), {
      description: "US West (Oregon)",
      endpoint: "ec2.us-west-2.amazonaws.com",
      id: "us-west-2",
      name: "us-west-2",
      region: "us-west-2",
    });
    const zones = await plugin.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {
      state: "available",
      excludeNames: ["us-west-2d"],
    });
    assert.deepEqual(zones["names"], ["us-west-2a", "us-west-2b", "us-west-2c"]);
    assert.deepEqual(zones["zoneIds"], ["usw2-az2", "usw2-az1", "usw2-az3"]);
    assert.equal(zones["id"], "us-west-2");
    const caller = await plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity", {});
    assert.equal(caller["accountId"], "123456789012");
    assert.equal(caller["id"], "123456789012");
    assert.match(text(caller, "arn"), /^arn:aws:(iam|sts)::123456789012:/);
  });

  it("are asked again where AWS refuses too many calls, more often than the SDK does by itself", async () => {
    const faults = faultClient(aws().endpoint);
    const throttled = ["ec2:DescribeVpcs", "sts:GetCallerIdentity"];
    for (const action of throttled) await faults.add({ kind: "throttle", action, times: 4 });
    const [vpc, caller] = await Promise.all([
      plugin.invoke("aws:ec2/getVpc:getVpc", { id: vpcId }),
      plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}),
    ]);
    assert.equal(vpc["cidrBlock"], "10.8.0.0/16");
    assert.equal(caller["accountId"], "123456789012");
    assert.deepEqual(
      (await faults.list()).map(({ hits }) => hits),
      [4, 4],
    );
    await faults.remove();
  });

  it("others, and arguments that a function does not have, are refused by name", async () => {
    await assert.rejects(
      plugin.invoke("aws:s3/getBucket:getBucket", { bucket: "b" }),
      /aws:s3\/getBucket:getBucket is not part of the sandbox's stand-in for the aws plugin/,
    );
    await assert.rejects(
      plugin.invoke("aws:eks/getCluster:getCluster", { clusterName: "small" }),
      /clusterName is not an input of aws:eks\/getCluster:getCluster; its inputs are name, region, tags/,
    );
  });
});
