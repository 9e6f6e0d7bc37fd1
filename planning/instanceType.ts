import rows from "./instanceTypes.json";
import { nearestNames } from "./nearestNames";
import { shown, type Problem } from "./problem";

/**
 * What an EC2 instance type can carry, as far as pods' addresses depend on it.
 *
 * Source: EC2 DescribeInstanceTypes.
 */
export interface InstanceType {
  /** Its name, such as `m5.large`. */
  readonly instanceType: string;
  /**
   * Network interfaces (ENIs) that its default network card takes, the primary one included. The other cards
   * of a multi-card type don't count: the CNI gives pods addresses of the default card only.
   */
  readonly enis: number;
  /** IPv4 addresses per ENI, the ENI's own primary address included. */
  readonly ipv4PerEni: number;
  readonly vcpus: number;
  /** `null` on bare metal, where EC2 names none. */
  readonly hypervisor: "nitro" | "xen" | null;
  readonly bareMetal: boolean;
}

/** Finds an instance type by its name, in a table or among what AWS answered. */
export type InstanceTypeLookup = (name: string) => InstanceType | undefined;

let tableByName: ReadonlyMap<string, InstanceType> | undefined;

/**
 * The committed table, made by `npm run update-instance-types`. A type newer than it, or one of a Region it
 * was not made in, is looked up live instead.
 */
export function instanceTypeTable(): ReadonlyMap<string, InstanceType> {
  tableByName ??= new Map((rows as InstanceType[]).map((row) => [row.instanceType, row]));
  return tableByName;
}

/** Looks an instance type up in the committed table. */
export const lookUpInTable: InstanceTypeLookup = (name) => instanceTypeTable().get(name);

/** The table's names nearest to one that is not in it, best first. */
export function nearestInstanceTypes(name: string): string[] {
  return nearestNames(name, [...instanceTypeTable().keys()], 3);
}

/**
 * The problem of a name that no look-up knows.
 *
 * @param fix what to do where the name is right, and no look-up knows it yet.
 */
export function unknownInstanceType(path: string, name: string, fix = LOOK_UP_LIVE): Problem {
  return {
    path,
    reason: `${shown(name)} is not an EC2 instance type known here.`,
    fix: `Did you mean ${nearestInstanceTypes(name).join(", ")}? ${fix}`,
  };
}

const LOOK_UP_LIVE = "A type that the table does not have is found by podnet max-pods --endpoint live.";
