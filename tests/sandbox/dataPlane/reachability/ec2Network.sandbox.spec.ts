import assert from "node:assert/strict";
import {
  AcceptVpcPeeringConnectionCommand,
  AllocateAddressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNatGatewayCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  AssociateRouteTableCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclAssociationCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { readEc2Network, type Ec2Network } from "../../../../sandbox/dataPlane/reachability/ec2Network";
import { frontFixture } from "../../aws/support/frontFixture";
import { makeNetwork, makeSecurityGroup } from "../../aws/support/network";

describe("the network as EC2 describes it", function () {
  this.timeout(180_000);
  const front = frontFixture();
  let ec2: EC2Client;
  let vpcId: string;
  let peerId: string;
  let nodeSubnet = "";
  let dataSubnet = "";
  before(async () => {
    ({ ec2 } = front());
    const network = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/24", "10.8.4.0/24"]);
    vpcId = network.vpcId;
    [nodeSubnet = "", dataSubnet = ""] = network.subnetIds;
    peerId = (await makeNetwork(ec2, "172.31.0.0/16", [])).vpcId;
  });

  const read = (): Promise<Ec2Network> => readEc2Network(ec2);

  it("has an ENI by each of its addresses, those of prefixes included", async () => {
    const groupId = await makeSecurityGroup(ec2, vpcId);
    const { NetworkInterface } = await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: nodeSubnet,
        Groups: [groupId],
        PrivateIpAddress: "10.8.0.10",
        Ipv4Prefixes: [{ Ipv4Prefix: "10.8.0.64/28" }],
      }),
    );
    const { interfaces } = await read();
    for (const address of ["10.8.0.10", "10.8.0.64", "10.8.0.79"]) {
      assert.deepEqual(interfaces.get(address), {
        interfaceId: NetworkInterface?.NetworkInterfaceId,
        subnetId: nodeSubnet,
        securityGroups: [groupId],
        instanceId: undefined,
        isBranch: false,
        hasPublicAddress: false,
      });
    }
    assert.equal(interfaces.get("10.8.0.80"), undefined);
  });

  it("has what a security group's rules say of TCP, by ranges, groups and prefix lists", async () => {
    const [groupId, other] = [await makeSecurityGroup(ec2, vpcId), await makeSecurityGroup(ec2, vpcId)];
    const { PrefixList } = await ec2.send(
      new CreateManagedPrefixListCommand({
        PrefixListName: "offices",
        MaxEntries: 1,
        AddressFamily: "IPv4",
        Entries: [{ Cidr: "192.168.0.0/16" }],
      }),
    );
    const list = PrefixList?.PrefixListId ?? "";
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 5432, ToPort: 5433, IpRanges: [{ CidrIp: "10.8.0.0/16" }] },
          { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: other }] },
          { IpProtocol: "tcp", FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: list }] },
          { IpProtocol: "udp", FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: "10.8.0.0/16" }] },
        ],
      }),
    );
    const { securityGroups, prefixLists } = await read();
    const { ingress = [], egress = [] } = securityGroups.get(groupId) ?? {};
    assert.deepEqual(
      [...ingress].sort((a, b) => a.ports[0] - b.ports[0]),
      [
        { ports: [0, 65535], cidrs: [], groups: [other], prefixLists: [] },
        { ports: [443, 443], cidrs: [], groups: [], prefixLists: [list] },
        { ports: [5432, 5433], cidrs: ["10.8.0.0/16"], groups: [], prefixLists: [] },
      ],
    );
    assert.deepEqual(egress, [{ ports: [0, 65535], cidrs: ["0.0.0.0/0"], groups: [], prefixLists: [] }]);
    assert.deepEqual(prefixLists.get(list), ["192.168.0.0/16"]);
  });

  it("has the ACL of a subnet with its rules in order, and without the last one", async () => {
    const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: vpcId }));
    const aclId = NetworkAcl?.NetworkAclId ?? "";
    const entry = { NetworkAclId: aclId, Protocol: "6", Egress: false };
    const all = { CidrBlock: "0.0.0.0/0", RuleAction: "allow" } as const;
    await ec2.send(
      new CreateNetworkAclEntryCommand({
        ...entry,
        ...all,
        RuleNumber: 200,
        PortRange: { From: 0, To: 65535 },
      }),
    );
    await ec2.send(
      new CreateNetworkAclEntryCommand({
        ...entry,
        RuleNumber: 100,
        RuleAction: "deny",
        CidrBlock: "10.8.0.0/24",
        PortRange: { From: 5432, To: 5432 },
      }),
    );
    const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({}));
    const associations = NetworkAcls.flatMap(({ Associations = [] }) => Associations);
    const AssociationId = associations.find(
      ({ SubnetId }) => SubnetId === dataSubnet,
    )?.NetworkAclAssociationId;
    await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: aclId }));
    assert.deepEqual((await read()).subnets.get(dataSubnet)?.acl, {
      aclId,
      ingress: [
        { number: 100, cidr: "10.8.0.0/24", ports: [5432, 5432], allows: false },
        { number: 200, cidr: "0.0.0.0/0", ports: [0, 65535], allows: true },
      ],
      egress: [],
    });
  });

  it("has a subnet's own routes, else the main table's, and where they lead", async () => {
    const { VpcPeeringConnection } = await ec2.send(
      new CreateVpcPeeringConnectionCommand({ VpcId: vpcId, PeerVpcId: peerId }),
    );
    const VpcPeeringConnectionId = VpcPeeringConnection?.VpcPeeringConnectionId ?? "";
    assert.deepEqual([...(await read()).peerings], []);
    await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
    const { NatGateway } = await ec2.send(
      new CreateNatGatewayCommand({ SubnetId: dataSubnet, AllocationId }),
    );
    const NatGatewayId = NatGateway?.NatGatewayId ?? "";
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    const RouteTableId = RouteTable?.RouteTableId ?? "";
    const lead = { RouteTableId };
    await ec2.send(new CreateRouteCommand({ ...lead, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId }));
    await ec2.send(
      new CreateRouteCommand({ ...lead, DestinationCidrBlock: "172.31.0.0/16", VpcPeeringConnectionId }),
    );
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: nodeSubnet }));

    const { subnets, natGateways, peerings, vpcs } = await read();
    const own = subnets.get(nodeSubnet);
    assert.equal(own?.routeTableId, RouteTableId);
    assert.deepEqual(own.routes.map(({ destination, target }) => `${destination} ${target}`).sort(), [
      `0.0.0.0/0 ${NatGatewayId}`,
      "10.8.0.0/16 local",
      `172.31.0.0/16 ${VpcPeeringConnectionId}`,
    ]);
    const main = subnets.get(dataSubnet);
    assert.deepEqual(main?.routes, [{ destination: "10.8.0.0/16", target: "local", isBlackhole: false }]);
    assert.notEqual(main.routeTableId, RouteTableId);
    assert.equal(natGateways.get(NatGatewayId)?.subnetId, dataSubnet);
    assert.deepEqual(peerings.get(VpcPeeringConnectionId), [vpcId, peerId]);
    assert.deepEqual(vpcs.get(vpcId), { blocks: ["10.8.0.0/16"] });
  });
});
