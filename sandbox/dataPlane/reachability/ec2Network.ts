import {
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  GetManagedPrefixListEntriesCommand,
  paginateDescribeNetworkInterfaces,
  type EC2Client,
  type IpPermission,
  type NetworkAcl,
  type NetworkAclEntry,
  type NetworkInterface,
  type Route,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
} from "@aws-sdk/client-ec2";
import { addressesIn } from "../ipamd/block";
import {
  ALL_PORTS,
  type AclRuleView,
  type GroupRuleView,
  type InterfaceView,
  type NetworkAclView,
  type NetworkView,
  type RouteView,
  type SecurityGroupView,
  type SubnetView,
} from "./network";

/** What EC2 says of a network. */
export type Ec2Network = Pick<
  NetworkView,
  "interfaces" | "subnets" | "vpcs" | "securityGroups" | "prefixLists" | "natGateways" | "peerings"
>;

/** Reads all of EC2's part of the network, in one call of each kind. */
export async function readEc2Network(ec2: EC2Client): Promise<Ec2Network> {
  const [interfaces, subnets, vpcs, tables, acls, groups, gateways, peerings] = await Promise.all([
    readInterfaces(ec2),
    ec2.send(new DescribeSubnetsCommand({})),
    ec2.send(new DescribeVpcsCommand({})),
    ec2.send(new DescribeRouteTablesCommand({})),
    ec2.send(new DescribeNetworkAclsCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
    ec2.send(new DescribeNatGatewaysCommand({})),
    ec2.send(new DescribeVpcPeeringConnectionsCommand({})),
  ]);
  const { SecurityGroups = [] } = groups;
  const { RouteTables = [] } = tables;
  const prefixLists = await readPrefixLists(ec2, SecurityGroups, RouteTables);
  return {
    interfaces,
    subnets: subnetsOf(subnets.Subnets ?? [], RouteTables, acls.NetworkAcls ?? [], prefixLists),
    vpcs: new Map(
      (vpcs.Vpcs ?? []).map(({ VpcId = "", CidrBlock = "", CidrBlockAssociationSet = [] }) => {
        const associated = CidrBlockAssociationSet.flatMap(({ CidrBlock: block, CidrBlockState }) =>
          CidrBlockState?.State === "associated" ? (block ?? []) : [],
        );
        return [VpcId, { blocks: [...new Set([CidrBlock, ...associated])] }];
      }),
    ),
    securityGroups: new Map(SecurityGroups.map((group) => [group.GroupId ?? "", groupView(group)])),
    prefixLists,
    natGateways: new Map(
      (gateways.NatGateways ?? []).flatMap(
        ({ NatGatewayId = "", SubnetId = "", State, NatGatewayAddresses }) => {
          const address = NatGatewayAddresses?.[0]?.PrivateIp ?? "";
          return State === "available" ? [[NatGatewayId, { subnetId: SubnetId, address }]] : [];
        },
      ),
    ),
    peerings: new Map(
      (peerings.VpcPeeringConnections ?? []).flatMap((peering) => {
        const { VpcPeeringConnectionId = "", Status, RequesterVpcInfo, AccepterVpcInfo } = peering;
        const sides = [RequesterVpcInfo?.VpcId ?? "", AccepterVpcInfo?.VpcId ?? ""] as const;
        return Status?.Code === "active" ? [[VpcPeeringConnectionId, sides]] : [];
      }),
    ),
  };
}

async function readInterfaces(ec2: EC2Client): Promise<Map<string, InterfaceView>> {
  const byAddress = new Map<string, InterfaceView>();
  for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces({ client: ec2 }, {})) {
    for (const one of NetworkInterfaces) {
      const view = interfaceView(one);
      const addresses = (one.PrivateIpAddresses ?? []).flatMap(
        ({ PrivateIpAddress }) => PrivateIpAddress ?? [],
      );
      const inPrefixes = (one.Ipv4Prefixes ?? []).flatMap(({ Ipv4Prefix }) => addressesIn(Ipv4Prefix ?? ""));
      for (const address of [one.PrivateIpAddress ?? "", ...addresses, ...inPrefixes])
        byAddress.set(address, view);
    }
  }
  return byAddress;
}

function interfaceView(found: NetworkInterface): InterfaceView {
  return {
    interfaceId: found.NetworkInterfaceId ?? "",
    subnetId: found.SubnetId ?? "",
    securityGroups: (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    instanceId: found.Attachment?.InstanceId,
    isBranch: found.InterfaceType === "branch",
    hasPublicAddress: found.Association?.PublicIp !== undefined,
  };
}

function subnetsOf(
  subnets: readonly Subnet[],
  tables: readonly RouteTable[],
  acls: readonly NetworkAcl[],
  prefixLists: NetworkView["prefixLists"],
): Map<string, SubnetView> {
  const ownTables = bySubnet(tables);
  const ownAcls = bySubnet(acls);
  const mainTables = new Map(
    tables.flatMap((table) => (table.Associations?.some(({ Main }) => Main) ? [[table.VpcId, table]] : [])),
  );
  return new Map(
    subnets.map(({ SubnetId = "", VpcId = "" }) => {
      const table = ownTables.get(SubnetId) ?? mainTables.get(VpcId);
      const acl = ownAcls.get(SubnetId);
      const view: SubnetView = {
        subnetId: SubnetId,
        vpcId: VpcId,
        routeTableId: table?.RouteTableId ?? "",
        routes: (table?.Routes ?? []).flatMap((route) => routeViews(route, prefixLists)),
        acl: aclView(acl),
      };
      return [SubnetId, view];
    }),
  );
}

function bySubnet<T extends RouteTable | NetworkAcl>(all: readonly T[]): Map<string, T> {
  return new Map(
    all.flatMap((one) =>
      (one.Associations ?? []).flatMap(({ SubnetId }) =>
        SubnetId === undefined ? [] : [[SubnetId, one] as const],
      ),
    ),
  );
}

function routeViews(route: Route, prefixLists: NetworkView["prefixLists"]): RouteView[] {
  const { DestinationCidrBlock, DestinationPrefixListId = "" } = route;
  const target =
    route.NatGatewayId ??
    route.VpcPeeringConnectionId ??
    route.TransitGatewayId ??
    route.GatewayId ??
    route.NetworkInterfaceId ??
    "nothing";
  const destinations =
    DestinationCidrBlock === undefined
      ? (prefixLists.get(DestinationPrefixListId) ?? [])
      : [DestinationCidrBlock];
  return destinations.map((destination) => ({
    destination,
    target,
    isBlackhole: route.State === "blackhole",
  }));
}

function aclView(acl: NetworkAcl | undefined): NetworkAclView {
  const rules = (isEgress: boolean) =>
    (acl?.Entries ?? [])
      .filter(({ Egress = false }) => Egress === isEgress)
      .flatMap(aclRules)
      .sort((a, b) => a.number - b.number);
  return { aclId: acl?.NetworkAclId ?? "", ingress: rules(false), egress: rules(true) };
}

/** Rule 32767 is the one at the end, which refuses what no other has decided. */
const LAST_RULE = 32767;

function aclRules({
  RuleNumber = 0,
  CidrBlock,
  Protocol,
  PortRange,
  RuleAction,
}: NetworkAclEntry): AclRuleView[] {
  if (RuleNumber === LAST_RULE || CidrBlock === undefined || !isAboutTcp(Protocol)) return [];
  const ports = portsOf(Protocol, PortRange?.From, PortRange?.To);
  return [{ number: RuleNumber, cidr: CidrBlock, ports, allows: RuleAction === "allow" }];
}

function groupView(group: SecurityGroup): SecurityGroupView {
  return {
    groupId: group.GroupId ?? "",
    name: group.GroupName ?? "",
    ingress: (group.IpPermissions ?? []).flatMap(groupRules),
    egress: (group.IpPermissionsEgress ?? []).flatMap(groupRules),
  };
}

function groupRules(permission: IpPermission): GroupRuleView[] {
  const { IpProtocol, FromPort, ToPort } = permission;
  if (!isAboutTcp(IpProtocol)) return [];
  return [
    {
      ports: portsOf(IpProtocol, FromPort, ToPort),
      cidrs: (permission.IpRanges ?? []).flatMap(({ CidrIp }) => CidrIp ?? []),
      groups: (permission.UserIdGroupPairs ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      prefixLists: (permission.PrefixListIds ?? []).flatMap(({ PrefixListId }) => PrefixListId ?? []),
    },
  ];
}

function isAboutTcp(protocol: string | undefined): boolean {
  return ["-1", "6", "tcp"].includes(protocol ?? "");
}

/** Rules about every protocol are about every port, and so are those without one. */
function portsOf(protocol: string | undefined, from = -1, to = -1): readonly [number, number] {
  return protocol === "-1" || from < 0 || to < 0 ? ALL_PORTS : [from, to];
}

/** The prefix lists that somebody names; AWS's own, such as those of its services, have no entries that EC2 tells. */
async function readPrefixLists(
  ec2: EC2Client,
  groups: readonly SecurityGroup[],
  tables: readonly RouteTable[],
): Promise<Map<string, string[]>> {
  const ofGroups = groups
    .flatMap(({ IpPermissions = [], IpPermissionsEgress = [] }) => [...IpPermissions, ...IpPermissionsEgress])
    .flatMap(({ PrefixListIds = [] }) => PrefixListIds.flatMap(({ PrefixListId }) => PrefixListId ?? []));
  const ofRoutes = tables.flatMap(({ Routes = [] }) =>
    Routes.flatMap(({ DestinationPrefixListId }) => DestinationPrefixListId ?? []),
  );
  const read = async (PrefixListId: string): Promise<[string, string[]]> => {
    const { Entries = [] } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
    return [PrefixListId, Entries.flatMap(({ Cidr }) => Cidr ?? [])];
  };
  return new Map(await Promise.all([...new Set([...ofGroups, ...ofRoutes])].map(read)));
}
