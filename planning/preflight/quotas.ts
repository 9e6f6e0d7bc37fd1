/** A quota of the account in its Region, and what of it is used. */
export interface Quota {
  /** Of Service Quotas, such as `L-407747CB`. */
  readonly code: string;
  /** What it counts, as messages name it. */
  readonly of: string;
  readonly value: number;
  /** Whether it could not be read, so that what AWS gives every account is taken for it. */
  readonly isDefault: boolean;
}

/** The quotas that a pod network uses something of. */
export interface Quotas {
  /** The primary block counts. */
  readonly cidrBlocksPerVpc: Quota;
  readonly subnetsPerVpc: Quota;
  readonly routeTablesPerVpc: Quota;
  readonly routesPerTable: Quota;
  readonly interfacesPerRegion: Quota;
  readonly groupsPerInterface: Quota;
  /** Network Address Usage: an address of an interface is one unit, and so is a whole prefix. */
  readonly networkAddressUsage: Quota;
  /** Interfaces that there are in the Region; undefined where they could not be counted. */
  readonly interfacesInRegion: number | undefined;
}

/**
 * What an account has that never asked for more. All are of the service code `vpc`.
 *
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export const DEFAULT_QUOTAS = {
  cidrBlocksPerVpc: { code: "L-83CA0A9D", of: "IPv4 blocks per VPC", value: 5 },
  subnetsPerVpc: { code: "L-407747CB", of: "subnets per VPC", value: 200 },
  routeTablesPerVpc: { code: "L-589F43AA", of: "route tables per VPC", value: 200 },
  routesPerTable: { code: "L-93826ACB", of: "routes per route table", value: 500 },
  interfacesPerRegion: { code: "L-DF5E4CA3", of: "network interfaces per Region", value: 5_000 },
  groupsPerInterface: { code: "L-2AFB9258", of: "security groups per network interface", value: 5 },
  networkAddressUsage: { code: "L-BB24F6E5", of: "units of Network Address Usage per VPC", value: 64_000 },
} as const satisfies Record<Exclude<keyof Quotas, "interfacesInRegion">, Omit<Quota, "isDefault">>;
