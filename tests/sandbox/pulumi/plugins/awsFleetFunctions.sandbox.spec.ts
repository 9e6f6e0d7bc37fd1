import assert from "node:assert/strict";
import { CreateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import {
  AcceptVpcPeeringConnectionCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { GetAmiIdsResult } from "@pulumi/aws/autoscaling/getAmiIds";
import type { GetGroupResult } from "@pulumi/aws/autoscaling/getGroup";
import type { GetInstanceResult } from "@pulumi/aws/ec2/getInstance";
import type { GetInstancesResult } from "@pulumi/aws/ec2/getInstances";
import type { GetNetworkInterfaceResult } from "@pulumi/aws/ec2/getNetworkInterface";
import type { GetNetworkInterfacesResult } from "@pulumi/aws/ec2/getNetworkInterfaces";
import type { GetVpcPeeringConnectionResult } from "@pulumi/aws/ec2/getVpcPeeringConnection";
import type { GetVpcPeeringConnectionsResult } from "@pulumi/aws/ec2/getVpcPeeringConnections";
import type { GetDefaultTagsResult } from "@pulumi/aws/getDefaultTags";
import { makeLaunchTemplate } from "../../aws/support/launchTemplate";
import { makeNetwork, makeSecurityGroup } from "../../aws/support/network";
import { awsFixture } from "./awsFixture";
import { text, type Json } from "./pluginProcess";

const CLUSTER_TAG = { Key: "kubernetes.io/cluster/small", Value: "owned" };

describe("functions of the aws plugin's stand-in for instances, groups and peerings", function () {
  this.timeout(120_000);
  const aws = awsFixture({
    region: "us-west-2",
    defaultTags: JSON.stringify({ tags: { team: "platform" } }),
  });
  let vpcId: string;
  let subnetIds: string[];
  let groupId: string;
  let instanceIds: string[];

  before(async () => {
    const { ec2 } = aws();
    ({ vpcId, subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24", "10.8.1.0/24"]));
    groupId = await makeSecurityGroup(ec2, vpcId);
    const { Instances = [] } = await ec2.send(
      new RunInstancesCommand({
        ImageId: "ami-12c6146b",
        InstanceType: "m5.large",
        MinCount: 3,
        MaxCount: 3,
        SubnetId: subnetIds[0],
        SecurityGroupIds: [groupId],
        UserData: Buffer.from("hello").toString("base64"),
        TagSpecifications: [{ ResourceType: "instance", Tags: [CLUSTER_TAG] }],
      }),
    );
    instanceIds = Instances.map(({ InstanceId = "" }) => InstanceId);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: instanceIds.slice(2) }));
  });

  /** Keys that the SDK's type says a result has; a missing one does not compile. */
  const keys = <Result>(all: { readonly [Key in keyof Required<Result>]: true }) => Object.keys(all);
  const invoke = (token: string, args: Json) => aws().plugin.invoke(token, args);

  it("getInstances tells those that run, by tag and by filter, and others where states are named", async () => {
    const filters = [{ name: "tag-key", values: [CLUSTER_TAG.Key] }];
    const found = await invoke("aws:ec2/getInstances:getInstances", { filters });
    assert.deepEqual(
      [...Object.keys(found), "instanceStateNames"].sort(),
      keys<GetInstancesResult>({
        filters: true,
        id: true,
        ids: true,
        instanceStateNames: true,
        instanceTags: true,
        ipv6Addresses: true,
        privateIps: true,
        publicIps: true,
        region: true,
      }),
    );
    assert.deepEqual(found["ids"], instanceIds.slice(0, 2));
    assert.deepEqual(found["privateIps"], ["10.8.0.4", "10.8.0.5"]);
    const gone = await invoke("aws:ec2/getInstances:getInstances", {
      instanceTags: { [CLUSTER_TAG.Key]: "owned" },
      instanceStateNames: ["terminated"],
    });
    assert.deepEqual(gone["ids"], instanceIds.slice(2));
    const carrying = await invoke("aws:ec2/getInstances:getInstances", {
      filters: [...filters, { name: "instance.group-id", values: [groupId] }],
    });
    assert.deepEqual(carrying["ids"], instanceIds.slice(0, 2));
    const others = await invoke("aws:ec2/getInstances:getInstances", { instanceTags: { a: "b" } });
    assert.deepEqual(others["ids"], []);
  });

  it("getInstance tells the subnet and security groups of the primary interface", async () => {
    const found = await invoke("aws:ec2/getInstance:getInstance", {
      instanceId: instanceIds[0] ?? "",
      getUserData: true,
    });
    assert.deepEqual(
      [...Object.keys(found), "filters", "getPasswordData"].sort(),
      keys<GetInstanceResult>({
        ami: true,
        arn: true,
        associatePublicIpAddress: true,
        availabilityZone: true,
        creditSpecifications: true,
        disableApiStop: true,
        disableApiTermination: true,
        ebsBlockDevices: true,
        ebsOptimized: true,
        enclaveOptions: true,
        ephemeralBlockDevices: true,
        filters: true,
        getPasswordData: true,
        getUserData: true,
        hostId: true,
        hostResourceGroupArn: true,
        iamInstanceProfile: true,
        id: true,
        instanceId: true,
        instanceState: true,
        instanceTags: true,
        instanceType: true,
        ipv6Addresses: true,
        keyName: true,
        launchTime: true,
        maintenanceOptions: true,
        metadataOptions: true,
        monitoring: true,
        networkInterfaceId: true,
        outpostArn: true,
        passwordData: true,
        placementGroup: true,
        placementGroupId: true,
        placementPartitionNumber: true,
        privateDns: true,
        privateDnsNameOptions: true,
        privateIp: true,
        publicDns: true,
        publicIp: true,
        region: true,
        rootBlockDevices: true,
        secondaryPrivateIps: true,
        securityGroups: true,
        sourceDestCheck: true,
        subnetId: true,
        tags: true,
        tenancy: true,
        userData: true,
        userDataBase64: true,
        vpcSecurityGroupIds: true,
      }).sort(),
    );
    assert.equal(found["subnetId"], subnetIds[0]);
    assert.equal(found["availabilityZone"], "us-west-2a");
    assert.deepEqual(found["vpcSecurityGroupIds"], [groupId]);
    assert.equal(found["instanceState"], "running");
    assert.equal(found["arn"], `arn:aws:ec2:us-west-2:123456789012:instance/${instanceIds[0] ?? ""}`);
    assert.equal(found["userDataBase64"], Buffer.from("hello").toString("base64"));
    // sha1sum of hello
    assert.equal(found["userData"], "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    assert.equal((found["rootBlockDevices"] as Json[]).length, 1);
    await assert.rejects(
      invoke("aws:ec2/getInstance:getInstance", { instanceId: instanceIds[2] ?? "" }),
      /no matching EC2 Instance found/,
    );
  });

  it("getDefaultTags tells the tags of the provider's own", async () => {
    const found = await invoke("aws:index/getDefaultTags:getDefaultTags", {});
    // Without the ID, which the SDK calls deprecated and no code may name.
    const told = Object.keys(found).filter((key) => key !== "id");
    assert.deepEqual(told, keys<Omit<GetDefaultTagsResult, "id">>({ tags: true }));
    assert.deepEqual(found["tags"], { team: "platform" });
  });

  it("getNetworkInterfaces and getNetworkInterface tell addresses, groups and the attachment", async () => {
    const all = await invoke("aws:ec2/getNetworkInterfaces:getNetworkInterfaces", {
      filters: [{ name: "attachment.instance-id", values: [instanceIds[0] ?? ""] }],
    });
    assert.deepEqual(
      Object.keys(all).sort(),
      keys<GetNetworkInterfacesResult>({ filters: true, id: true, ids: true, region: true, tags: true }),
    );
    const [id = ""] = all["ids"] as string[];
    const found = await invoke("aws:ec2/getNetworkInterface:getNetworkInterface", { id });
    assert.deepEqual(
      [...Object.keys(found), "filters"].sort(),
      keys<GetNetworkInterfaceResult>({
        arn: true,
        associations: true,
        attachments: true,
        availabilityZone: true,
        description: true,
        enaSrdSpecifications: true,
        filters: true,
        id: true,
        interfaceType: true,
        ipv6Addresses: true,
        macAddress: true,
        outpostArn: true,
        ownerId: true,
        privateDnsName: true,
        privateIp: true,
        privateIps: true,
        region: true,
        requesterId: true,
        securityGroups: true,
        subnetId: true,
        tags: true,
        vpcId: true,
      }),
    );
    assert.deepEqual(found["privateIps"], ["10.8.0.4"]);
    assert.deepEqual(found["securityGroups"], [groupId]);
    const [attachment] = found["attachments"] as Json[];
    assert.equal(attachment?.["instanceId"], instanceIds[0]);
    assert.equal(attachment?.["deviceIndex"], 0);
  });

  it("autoscaling.getAmiIds finds groups by tag, and getGroup tells their subnets and tags", async () => {
    const template = await makeLaunchTemplate(aws().ec2, "workers");
    for (const [name, tag] of [
      ["workers", CLUSTER_TAG],
      ["batch", { Key: "of", Value: "others" }],
    ] as const) {
      await aws().autoScaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: name,
          LaunchTemplate: { LaunchTemplateId: template, Version: "$Latest" },
          MinSize: 0,
          MaxSize: 3,
          VPCZoneIdentifier: subnetIds.join(","),
          Tags: [{ ...tag, PropagateAtLaunch: true }],
        }),
      );
    }
    const found = await invoke("aws:autoscaling/getAmiIds:getAmiIds", {
      filters: [{ name: "tag-key", values: [CLUSTER_TAG.Key] }],
    });
    assert.deepEqual(
      [...Object.keys(found)].sort(),
      keys<GetAmiIdsResult>({ arns: true, filters: true, id: true, names: true, region: true }),
    );
    assert.deepEqual(found["names"], ["workers"]);
    const group = await invoke("aws:autoscaling/getGroup:getGroup", { name: "workers" });
    assert.deepEqual(
      Object.keys(group).sort(),
      keys<GetGroupResult>({
        arn: true,
        availabilityZones: true,
        defaultCooldown: true,
        desiredCapacity: true,
        desiredCapacityType: true,
        enabledMetrics: true,
        healthCheckGracePeriod: true,
        healthCheckType: true,
        id: true,
        instanceMaintenancePolicies: true,
        launchConfiguration: true,
        launchTemplates: true,
        loadBalancers: true,
        maxInstanceLifetime: true,
        maxSize: true,
        minSize: true,
        mixedInstancesPolicies: true,
        name: true,
        newInstancesProtectedFromScaleIn: true,
        placementGroup: true,
        predictedCapacity: true,
        region: true,
        serviceLinkedRoleArn: true,
        status: true,
        suspendedProcesses: true,
        tags: true,
        targetGroupArns: true,
        terminationPolicies: true,
        trafficSources: true,
        vpcZoneIdentifier: true,
        warmPoolSize: true,
        warmPools: true,
      }),
    );
    assert.equal(group["vpcZoneIdentifier"], subnetIds.join(","));
    assert.deepEqual(group["tags"], [{ key: CLUSTER_TAG.Key, propagateAtLaunch: true, value: "owned" }]);
    assert.deepEqual(group["launchTemplates"], [{ id: template, name: "workers", version: "$Latest" }]);
    await assert.rejects(
      invoke("aws:autoscaling/getGroup:getGroup", { name: "none" }),
      /no matching Auto Scaling Group found/,
    );
  });

  it("getVpcPeeringConnections and getVpcPeeringConnection tell both sides, by VPC and by state", async () => {
    const { ec2 } = aws();
    const peers = await Promise.all(
      ["172.20.0.0/16", "192.168.0.0/16"].map(async (CidrBlock) => {
        const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
        return Vpc?.VpcId ?? "";
      }),
    );
    const asked = await Promise.all(
      peers.map((PeerVpcId) => ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId: vpcId, PeerVpcId }))),
    );
    const [active = "", waiting = ""] = asked.map(
      ({ VpcPeeringConnection }) => VpcPeeringConnection?.VpcPeeringConnectionId ?? "",
    );
    await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: active }));

    const of = (filters: Json[]) =>
      invoke("aws:ec2/getVpcPeeringConnections:getVpcPeeringConnections", { filters });
    const all = await of([{ name: "requester-vpc-info.vpc-id", values: [vpcId] }]);
    assert.deepEqual(
      Object.keys(all).sort(),
      keys<GetVpcPeeringConnectionsResult>({ filters: true, id: true, ids: true, region: true, tags: true }),
    );
    assert.deepEqual([...(all["ids"] as string[])].sort(), [active, waiting].sort());
    const byPeer = await of([
      { name: "accepter-vpc-info.vpc-id", values: [peers[1] ?? ""] },
      { name: "status-code", values: ["pending-acceptance"] },
    ]);
    assert.deepEqual(byPeer["ids"], [waiting]);

    const found = await invoke("aws:ec2/getVpcPeeringConnection:getVpcPeeringConnection", { id: active });
    assert.deepEqual(
      // Without the region, which the SDK calls deprecated and no code may name.
      [...Object.keys(found), "filters"].filter((key) => key !== "region").sort(),
      keys<Omit<GetVpcPeeringConnectionResult, "region">>({
        accepter: true,
        cidrBlock: true,
        cidrBlockSets: true,
        filters: true,
        id: true,
        ipv6CidrBlockSets: true,
        ownerId: true,
        peerCidrBlock: true,
        peerCidrBlockSets: true,
        peerIpv6CidrBlockSets: true,
        peerOwnerId: true,
        peerRegion: true,
        peerVpcId: true,
        requester: true,
        requesterRegion: true,
        status: true,
        tags: true,
        vpcId: true,
      }),
    );
    assert.equal(found["status"], "active");
    assert.equal(found["vpcId"], vpcId);
    assert.equal(found["peerVpcId"], peers[0]);
    assert.deepEqual(found["cidrBlockSets"], [{ cidrBlock: "10.8.0.0/16" }]);
    assert.deepEqual(found["peerCidrBlockSets"], [{ cidrBlock: "172.20.0.0/16" }]);
    assert.deepEqual(found["requester"], { allow_remote_vpc_dns_resolution: false });
    await assert.rejects(
      invoke("aws:ec2/getVpcPeeringConnection:getVpcPeeringConnection", { vpcId }),
      /multiple EC2 VPC Peering Connections matched/,
    );
    await assert.rejects(
      invoke("aws:ec2/getVpcPeeringConnection:getVpcPeeringConnection", { id: "pcx-0" }),
      /api error InvalidVpcPeeringConnectionID\.NotFound/,
    );
    assert.match(text(found, "id"), /^pcx-/);
  });
});
