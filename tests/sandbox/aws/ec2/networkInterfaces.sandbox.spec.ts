import assert from "node:assert/strict";
import {
  AssignPrivateIpAddressesCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifyVpcAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  UnassignPrivateIpAddressesCommand,
  type Filter,
} from "@aws-sdk/client-ec2";
import { frontFixture } from "../support/frontFixture";
import { freeAddresses, makeNetwork, makeSecurityGroup } from "../support/network";

describe("network interfaces of the emulated EC2", function () {
  this.timeout(120_000);
  const aws = frontFixture();

  async function launch(subnetId: string) {
    const { Instances } = await aws().ec2.send(
      new RunInstancesCommand({ InstanceType: "m5.large", SubnetId: subnetId, MinCount: 1, MaxCount: 1 }),
    );
    return Instances?.[0]?.InstanceId ?? "";
  }
  async function create(subnetId: string, secondary = 0) {
    const { NetworkInterface } = await aws().ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId: subnetId, SecondaryPrivateIpAddressCount: secondary }),
    );
    return NetworkInterface?.NetworkInterfaceId ?? "";
  }
  const attach = (NetworkInterfaceId: string, InstanceId: string, DeviceIndex: number) =>
    aws().ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex }));

  it("get the lowest free addresses, and a full subnet refuses without taking any", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const made = await ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId: subnetId, SecondaryPrivateIpAddressCount: 9 }),
    );
    const addresses = made.NetworkInterface?.PrivateIpAddresses?.map((one) => [
      one.PrivateIpAddress,
      one.Primary,
    ]);
    assert.deepEqual(
      addresses,
      Array.from({ length: 10 }, (_, index) => [`10.8.0.${index + 4}`, index === 0]),
    );
    assert.equal(await freeAddresses(ec2, subnetId), 1);
    await assert.rejects(
      ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId, SecondaryPrivateIpAddressCount: 1 })),
      { name: "InsufficientFreeAddressesInSubnet" },
    );
    assert.equal(await freeAddresses(ec2, subnetId), 1);
    await assert.rejects(
      ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId, PrivateIpAddress: "10.8.0.4" })),
      { name: "InvalidIPAddress.InUse" },
    );
  });

  it("give back unassigned addresses, which are assigned again after all others", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const id = await create(subnetId, 5);
    await ec2.send(
      new UnassignPrivateIpAddressesCommand({
        NetworkInterfaceId: id,
        PrivateIpAddresses: ["10.8.0.6", "10.8.0.8"],
      }),
    );
    const assigned = await ec2.send(
      new AssignPrivateIpAddressesCommand({ NetworkInterfaceId: id, SecondaryPrivateIpAddressCount: 6 }),
    );
    assert.deepEqual(
      assigned.AssignedPrivateIpAddresses?.map((one) => one.PrivateIpAddress),
      ["10.8.0.10", "10.8.0.11", "10.8.0.12", "10.8.0.13", "10.8.0.14", "10.8.0.6"],
    );
  });

  it("are as many as the instance type carries, with as many addresses", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    const instanceId = await launch(subnetId);
    const second = await create(subnetId, 9);
    await attach(second, instanceId, 1);
    await assert.rejects(
      ec2.send(
        new AssignPrivateIpAddressesCommand({
          NetworkInterfaceId: second,
          SecondaryPrivateIpAddressCount: 1,
        }),
      ),
      { name: "PrivateIpAddressLimitExceeded", message: /m5\.large allows 10/ },
    );
    await assert.rejects(attach(await create(subnetId), instanceId, 1), {
      name: "InvalidParameterValue",
      message: /already has an interface attached at device index '1'/,
    });
    await assert.rejects(attach(await create(subnetId, 10), instanceId, 2), {
      name: "PrivateIpAddressLimitExceeded",
    });
    await attach(await create(subnetId), instanceId, 2);
    await assert.rejects(attach(await create(subnetId), instanceId, 3), {
      name: "AttachmentLimitExceeded",
      message: "Interface count 4 exceeds the limit for m5.large",
    });
  });

  it("stay in their zone", async () => {
    const { ec2 } = aws();
    const network = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24", "10.8.1.0/24"]);
    const [zoneA = "", zoneB = ""] = network.subnetIds;
    await assert.rejects(attach(await create(zoneB), await launch(zoneA), 1), {
      name: "InvalidParameterCombination",
    });
  });

  it("can't be deleted while they are attached, nor detached when they are primary", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    const instanceId = await launch(subnetId);
    const id = await create(subnetId);
    const { AttachmentId } = await attach(id, instanceId, 1);
    await assert.rejects(attach(id, instanceId, 2), { name: "InvalidNetworkInterface.InUse" });
    await assert.rejects(ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })), {
      name: "InvalidParameterValue",
      message: /is currently in use/,
    });
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "attachment.instance-id", Values: [instanceId] }],
      }),
    );
    const primary = NetworkInterfaces?.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
    await assert.rejects(
      ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: primary?.Attachment?.AttachmentId })),
      { name: "OperationNotPermitted" },
    );
    await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId }));
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id }));
    assert.equal(await freeAddresses(ec2, subnetId), 250);
  });

  it("have the names of the region", async () => {
    const { ec2 } = aws();
    const network = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    const [subnetId = ""] = network.subnetIds;
    await ec2.send(
      new ModifyVpcAttributeCommand({ VpcId: network.vpcId, EnableDnsHostnames: { Value: true } }),
    );
    const id = await create(subnetId);
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
    );
    assert.equal(NetworkInterfaces?.[0]?.PrivateDnsName, "ip-10-8-0-4.us-west-2.compute.internal");
  });

  it("have no security group that isn't there, is of another VPC or is a sixth one", async () => {
    const { ec2 } = aws();
    const { vpcId, subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    const other = await makeNetwork(ec2, "10.9.0.0/16", []);
    const [SubnetId = ""] = subnetIds;
    const groups: string[] = [];
    for (let number = 1; number <= 6; number += 1) groups.push(await makeSecurityGroup(ec2, vpcId));
    const withGroups = (...Groups: string[]) =>
      ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups }));
    const before = await freeAddresses(ec2, SubnetId);
    await assert.rejects(withGroups("sg-0123456789abcdef0"), {
      name: "InvalidGroup.NotFound",
      message: "The security group 'sg-0123456789abcdef0' does not exist",
    });
    await assert.rejects(withGroups(await makeSecurityGroup(ec2, other.vpcId)), {
      name: "InvalidParameterValue",
      message: /belong to different networks/,
    });
    await assert.rejects(withGroups(...groups), { name: "SecurityGroupsPerInterfaceLimitExceeded" });
    assert.equal(await freeAddresses(ec2, SubnetId), before);
    const { NetworkInterface } = await withGroups(...groups.slice(0, 5));
    await assert.rejects(
      ec2.send(
        new ModifyNetworkInterfaceAttributeCommand({
          NetworkInterfaceId: NetworkInterface?.NetworkInterfaceId,
          Groups: ["sg-0123456789abcdef0"],
        }),
      ),
      { name: "InvalidGroup.NotFound" },
    );
  });

  it("keep their own security groups on an instance, and say whether they go with it", async () => {
    const { ec2 } = aws();
    const { vpcId, subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    const [SubnetId = ""] = subnetIds;
    const [ofInstance, own] = [await makeSecurityGroup(ec2, vpcId), await makeSecurityGroup(ec2, vpcId)];
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        ...{ InstanceType: "m5.large", SubnetId, MinCount: 1, MaxCount: 1 },
        SecurityGroupIds: [ofInstance],
      }),
    );
    const InstanceId = Instances?.[0]?.InstanceId ?? "";
    const { NetworkInterface } = await ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId, Groups: [own] }),
    );
    const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? "";
    const { AttachmentId } = await attach(NetworkInterfaceId, InstanceId, 1);
    const shown = async () => {
      const ofEc2 = await ec2.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] }),
      );
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
      const onInstance = Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.find(
        (one) => one.NetworkInterfaceId === NetworkInterfaceId,
      );
      return [ofEc2.NetworkInterfaces?.[0], onInstance].map((one) => [
        one?.Groups?.map(({ GroupId }) => GroupId),
        one?.Attachment?.DeleteOnTermination,
      ]);
    };
    assert.deepEqual(await shown(), [
      [[own], false],
      [[own], false],
    ]);
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId,
        Attachment: { AttachmentId, DeleteOnTermination: true },
      }),
    );
    assert.deepEqual(await shown(), [
      [[own], true],
      [[own], true],
    ]);
  });

  it("are found by a secondary address and by their device index", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    const instanceId = await launch(subnetId);
    const [first, second] = [await create(subnetId, 2), await create(subnetId, 2)];
    await attach(first, instanceId, 1);
    await attach(second, instanceId, 2);
    const found = async (...Filters: Filter[]) => {
      const { NetworkInterfaces = [] } = await ec2.send(
        new DescribeNetworkInterfacesCommand({
          Filters: [{ Name: "subnet-id", Values: [subnetId] }, ...Filters],
        }),
      );
      return NetworkInterfaces.map((one) => one.NetworkInterfaceId);
    };
    assert.deepEqual(await found({ Name: "addresses.private-ip-address", Values: ["10.8.0.7"] }), [first]);
    assert.deepEqual(await found({ Name: "addresses.private-ip-address", Values: ["10.8.0.8"] }), [second]);
    assert.deepEqual(await found({ Name: "attachment.device-index", Values: ["1", "2"] }), [first, second]);
    assert.deepEqual(
      await found(
        { Name: "attachment.device-index", Values: ["2"] },
        { Name: "addresses.private-ip-address", Values: ["10.8.0.7"] },
      ),
      [],
    );
  });

  it("carry prefixes, each in the place of an address, which the subnet has no more and gets back", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/25"]);
    const shown = async (id: string) => {
      const { NetworkInterfaces } = await ec2.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
      );
      return NetworkInterfaces?.[0]?.Ipv4Prefixes?.map(({ Ipv4Prefix }) => Ipv4Prefix) ?? [];
    };
    const made = await ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId: subnetId, Ipv4PrefixCount: 1, InterfaceType: "trunk" }),
    );
    const NetworkInterfaceId = made.NetworkInterface?.NetworkInterfaceId ?? "";
    assert.deepEqual(made.NetworkInterface?.Ipv4Prefixes, [{ Ipv4Prefix: "10.8.0.16/28" }]);
    const assigned = await ec2.send(
      new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, Ipv4PrefixCount: 2 }),
    );
    assert.deepEqual(assigned.AssignedIpv4Prefixes, [
      { Ipv4Prefix: "10.8.0.32/28" },
      { Ipv4Prefix: "10.8.0.48/28" },
    ]);
    assert.deepEqual(assigned.AssignedPrivateIpAddresses ?? [], []);
    assert.deepEqual(await shown(NetworkInterfaceId), ["10.8.0.16/28", "10.8.0.32/28", "10.8.0.48/28"]);
    assert.equal(await freeAddresses(ec2, subnetId), 123 - 1 - 3 * 16);

    // An action of moto's own, after which the front asks moto for the subnet's addresses again.
    await ec2.send(
      new ModifyVpcAttributeCommand({
        VpcId: made.NetworkInterface.VpcId,
        EnableDnsSupport: { Value: true },
      }),
    );
    await assert.rejects(
      ec2.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, Ipv4PrefixCount: 4 })),
      { name: "InsufficientCidrBlocks", message: /4 asked for, 3 free/ },
    );
    await ec2.send(
      new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId, Ipv4Prefixes: ["10.8.0.32/28"] }),
    );
    assert.deepEqual(await shown(NetworkInterfaceId), ["10.8.0.16/28", "10.8.0.48/28"]);
    await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    assert.equal(await freeAddresses(ec2, subnetId), 123);
  });

  it("count prefixes against the addresses that the type allows, and go with their instance", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    const instanceId = await launch(subnetId);
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    const [primary] = Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces ?? [];
    const NetworkInterfaceId = primary?.NetworkInterfaceId;
    await assert.rejects(
      ec2.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, Ipv4PrefixCount: 10 })),
      { name: "PrivateIpAddressLimitExceeded" },
    );
    await ec2.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, Ipv4PrefixCount: 9 }));
    const { Reservations: later } = await ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
    );
    assert.equal(later?.[0]?.Instances?.[0]?.NetworkInterfaces?.[0]?.Ipv4Prefixes?.length, 9);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    assert.equal(await freeAddresses(ec2, subnetId), 251);
  });

  it("are trunks when they were made as such", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const typeOf = async (InterfaceType?: "trunk") => {
      const made = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId, InterfaceType }));
      const { NetworkInterfaces } = await ec2.send(
        new DescribeNetworkInterfacesCommand({
          NetworkInterfaceIds: [made.NetworkInterface?.NetworkInterfaceId ?? ""],
        }),
      );
      return NetworkInterfaces?.[0]?.InterfaceType;
    };
    assert.deepEqual([await typeOf(), await typeOf("trunk")], ["interface", "trunk"]);
  });
});
