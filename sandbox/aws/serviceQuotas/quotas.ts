/** A quota of an account in a region. */
export interface Quota {
  readonly code: string;
  readonly name: string;
  /** What an account has that never asked for more. */
  readonly value: number;
  /** What it is raised to at most, where AWS's documentation says so, or moto has no more. */
  readonly max?: number;
}

export const BLOCKS_PER_VPC = "L-83CA0A9D";
export const SUBNETS_PER_VPC = "L-407747CB";
export const ROUTE_TABLES_PER_VPC = "L-589F43AA";
export const ROUTES_PER_TABLE = "L-93826ACB";
export const INTERFACES_PER_REGION = "L-DF5E4CA3";
export const GROUPS_PER_INTERFACE = "L-2AFB9258";
export const NAT_GATEWAYS_PER_ZONE = "L-FE5A380F";

/**
 * The quotas of the service code `vpc` that the sandbox keeps; of the last two it only tells.
 *
 * Source: VPC user guide, "Amazon VPC quotas" and "Network Address Usage for your VPC".
 */
export const VPC_QUOTAS: readonly Quota[] = [
  // AWS raises it to 50; moto's VPCs hold five and no more.
  { code: BLOCKS_PER_VPC, name: "IPv4 CIDR blocks per VPC", value: 5, max: 5 },
  { code: SUBNETS_PER_VPC, name: "Subnets per VPC", value: 200 },
  { code: ROUTE_TABLES_PER_VPC, name: "Route tables per VPC", value: 200 },
  { code: ROUTES_PER_TABLE, name: "Routes per route table", value: 500, max: 1_000 },
  { code: INTERFACES_PER_REGION, name: "Network interfaces per Region", value: 5_000 },
  { code: GROUPS_PER_INTERFACE, name: "Security groups per network interface", value: 5, max: 16 },
  { code: NAT_GATEWAYS_PER_ZONE, name: "NAT gateways per Availability Zone", value: 5 },
  { code: "L-BB24F6E5", name: "Network Address Usage", value: 64_000, max: 256_000 },
  { code: "L-CD17FD4B", name: "Peered Network Address Usage", value: 128_000, max: 512_000 },
];
