import assert from "node:assert/strict";
import {
  AssignPrivateIpAddressesCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  ModifyVpcAttributeCommand,
  RunInstancesCommand,
  UnassignPrivateIpAddressesCommand,
} from "@aws-sdk/client-ec2";
import { frontFixture } from "../support/frontFixture";
import { freeAddresses, makeNetwork } from "../support/network";

describe("network interfaces of the emulated EC2", function () {
  this.timeout(30_000);
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

  it("give back unassigned addresses, which are the next to be assigned", async () => {
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
      new AssignPrivateIpAddressesCommand({ NetworkInterfaceId: id, SecondaryPrivateIpAddressCount: 3 }),
    );
    assert.deepEqual(
      assigned.AssignedPrivateIpAddresses?.map((one) => one.PrivateIpAddress),
      ["10.8.0.6", "10.8.0.8", "10.8.0.10"],
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

  it("carry no prefixes here, and say so", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24"]);
    await assert.rejects(
      ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId, Ipv4PrefixCount: 1 })),
      { name: "UnsupportedOperation", message: /Prefixes .* not part of this sandbox/ },
    );
  });
});
