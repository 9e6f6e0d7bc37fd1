import assert from "node:assert/strict";
import {
  AllocateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { frontFixture } from "../support/frontFixture";
import { freeAddresses, makeNetwork } from "../support/network";

describe("instances of the emulated EC2", function () {
  this.timeout(120_000);
  const aws = frontFixture();

  const run = (SubnetId: string, count: number) =>
    aws().ec2.send(
      new RunInstancesCommand({ InstanceType: "m5.large", SubnetId, MinCount: count, MaxCount: count }),
    );

  it("get one address each, in one reservation, with the names of the region and the subnet's zone", async () => {
    const { ec2 } = aws();
    const network = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28", "10.8.1.0/28"]);
    const { Instances = [], ReservationId } = await run(network.subnetIds[1] ?? "", 2);
    assert.deepEqual(
      Instances.map((one) => [one.PrivateIpAddress, one.PrivateDnsName, one.Placement?.AvailabilityZone]),
      [
        ["10.8.1.4", "ip-10-8-1-4.us-west-2.compute.internal", "us-west-2b"],
        ["10.8.1.5", "ip-10-8-1-5.us-west-2.compute.internal", "us-west-2b"],
      ],
    );
    assert.match(ReservationId ?? "", /^r-/);
  });

  it("are not launched, not even in part, where the subnet has too few addresses", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    await run(subnetId, 9);
    await assert.rejects(run(subnetId, 3), { name: "InsufficientFreeAddressesInSubnet" });
    assert.equal(await freeAddresses(ec2, subnetId), 2);
  });

  it("give up their address and the ENIs that go with them when they are terminated, and keep the others", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/27"]);
    const { Instances: [instance] = [] } = await run(subnetId, 1);
    const instanceId = instance?.InstanceId ?? "";
    const attach = async (DeviceIndex: number, tags: Record<string, string>) => {
      const { NetworkInterface } = await ec2.send(
        new CreateNetworkInterfaceCommand({
          SubnetId: subnetId,
          SecondaryPrivateIpAddressCount: 3,
          TagSpecifications: [
            {
              ResourceType: "network-interface",
              Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            },
          ],
        }),
      );
      const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? "";
      const { AttachmentId } = await ec2.send(
        new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId: instanceId, DeviceIndex }),
      );
      return { NetworkInterfaceId, AttachmentId };
    };
    const ofCni = await attach(1, { "node.k8s.amazonaws.com/instance_id": instanceId });
    const own = await attach(2, { owner: "somebody" });
    assert.equal(await freeAddresses(ec2, subnetId), 27 - 1 - 4 - 4);

    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    assert.equal(await freeAddresses(ec2, subnetId), 27 - 4);
    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "subnet-id", Values: [subnetId] }] }),
    );
    assert.deepEqual(
      NetworkInterfaces.map((one) => [one.NetworkInterfaceId, one.Status, one.Attachment?.InstanceId]),
      [[own.NetworkInterfaceId, "available", undefined]],
    );
    assert.notEqual(ofCni.NetworkInterfaceId, own.NetworkInterfaceId);
  });

  it("take an ENI with them that was marked so later", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/27"]);
    const { Instances: [instance] = [] } = await run(subnetId, 1);
    const InstanceId = instance?.InstanceId ?? "";
    const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId }));
    const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? "";
    const { AttachmentId } = await ec2.send(
      new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 1 }),
    );
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId,
        Attachment: { AttachmentId, DeleteOnTermination: true },
      }),
    );
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    assert.equal(await freeAddresses(ec2, subnetId), 27);
  });

  it("have no network any more once they are terminated, and their address is the last to be handed out again", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/27"]);
    const { Instances: [first] = [] } = await run(subnetId, 1);
    const InstanceIds = [first?.InstanceId ?? ""];
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
    const gone = Reservations?.[0]?.Instances?.[0];
    assert.equal(gone?.State?.Name, "terminated");
    assert.equal(gone.PrivateIpAddress, undefined);
    assert.equal(gone.SubnetId, undefined);
    assert.equal(gone.NetworkInterfaces, undefined);
    const { Instances: later = [] } = await run(subnetId, 27);
    assert.deepEqual(
      later.map((one) => one.PrivateIpAddress),
      [...Array.from({ length: 26 }, (_, index) => `10.8.0.${index + 5}`), first?.PrivateIpAddress],
    );
  });

  it("come from the default VPC when no subnet is named, and leave it again", async () => {
    const { ec2 } = aws();
    const { Instances: [instance] = [] } = await ec2.send(
      new RunInstancesCommand({ InstanceType: "m5.large", MinCount: 1, MaxCount: 1 }),
    );
    assert.match(instance?.PrivateIpAddress ?? "", /^172\.31\./);
    const subnetId = instance?.SubnetId ?? "";
    const before = await freeAddresses(ec2, subnetId);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ""] }));
    assert.equal(await freeAddresses(ec2, subnetId), before + 1);
  });

  it("have no primary ENI that outlives them", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/27"]);
    await assert.rejects(
      ec2.send(
        new RunInstancesCommand({
          InstanceType: "m5.large",
          MinCount: 1,
          MaxCount: 1,
          NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnetId, DeleteOnTermination: false }],
        }),
      ),
      { name: "UnsupportedOperation" },
    );
  });

  it("know of addresses that others took meanwhile: a NAT gateway's", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    await run(subnetId, 1);
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    await ec2.send(new CreateNatGatewayCommand({ SubnetId: subnetId, AllocationId }));
    const { NetworkInterfaces = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "subnet-id", Values: [subnetId] }] }),
    );
    const taken = NetworkInterfaces.map((one) => one.PrivateIpAddress ?? "");
    assert.equal(taken.length, 2);
    const usable = Array.from({ length: 11 }, (_, index) => `10.8.0.${index + 4}`);
    const left = usable.filter((address) => !taken.includes(address));
    const { Instances = [] } = await run(subnetId, left.length);
    assert.deepEqual(
      Instances.map((one) => one.PrivateIpAddress),
      left,
    );
  });
});
