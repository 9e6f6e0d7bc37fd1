import limits from "./instanceLimits.json";

/** What an instance type carries. */
export interface InstanceLimits {
  readonly instanceType: string;
  /** ENIs of the default network card, the primary one included. */
  readonly interfaces: number;
  /** IPv4 addresses of one ENI, its own included. */
  readonly addressesPerInterface: number;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly architecture: "amd64" | "arm64";
  /** Whether its ENIs can have prefixes: those of Nitro and of bare metal can. */
  readonly prefixes: boolean;
  /** How many branch ENIs it can have, for pods with security groups of their own; 0 where it can have no trunk ENI. */
  readonly branchInterfaces: number;
}

/** Every type in the table. */
export const knownLimits: readonly InstanceLimits[] = limits as InstanceLimits[];

const byType = new Map(knownLimits.map((row) => [row.instanceType, row]));

/**
 * Looks a type up in the table beside this file: literal numbers of EC2's DescribeInstanceTypes and of the VPC
 * resource controller's table (pkg/aws/vpc/limits.go), shared with nobody.
 *
 * @throws Error for a type that is not in it.
 */
export function limitsOf(instanceType: string): InstanceLimits {
  const found = byType.get(instanceType);
  if (found === undefined) {
    throw new Error(
      `the sandbox's data plane does not know the instance type ${instanceType}; add its row to ` +
        `sandbox/dataPlane/instanceLimits.json, or take one of ${[...byType.keys()].join(", ")}.`,
    );
  }
  return found;
}
