import type { Problem } from "../problem";

/** A resource as the state of a stack has it, as far as it is looked at. */
export interface StackResource {
  readonly urn: string;
  readonly type: string;
  /** By which AWS or Kubernetes know it; none of a component. */
  readonly id?: string | undefined;
  /** Whether a plugin has made it; otherwise it is a component, and only a name for others. */
  readonly custom?: boolean | undefined;
  readonly parent?: string | undefined;
  /** Whether it was only read. */
  readonly external?: boolean | undefined;
  readonly protect?: boolean | undefined;
  readonly retainOnDelete?: boolean | undefined;
  /** By which id it was taken over; none, or empty, where the stack made it. */
  readonly importID?: string | undefined;
  /** Whether another one has taken its place, and it is still to be deleted. */
  readonly delete?: boolean | undefined;
  readonly outputs?: Readonly<Record<string, unknown>> | undefined;
}

/** What removing a pod network takes from its stack, and what it leaves. */
export interface StackRemoval<R extends StackResource = StackResource> {
  /** Made by the stack: deleted. */
  readonly removed: readonly R[];
  /** Made by others and taken over or changed by the stack: they stay as they are, and the stack forgets them. */
  readonly left: readonly R[];
  /** Of the stack, and no part of the pod network. */
  readonly foreign: readonly R[];
}

const POD_NETWORK = "eks-pod-network:index:PodNetwork";

/** Sorts the resources of a stack by what becomes of them when its pod network is removed. */
export function stackRemoval<R extends StackResource>(resources: readonly R[]): StackRemoval<R> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const isPart = (resource: R | undefined): boolean =>
    resource !== undefined && (resource.type === POD_NETWORK || isPart(byUrn.get(resource.parent ?? "")));
  const real = resources.filter(
    ({ custom, external, type }) =>
      custom === true && external !== true && !type.startsWith("pulumi:providers:"),
  );
  const own = real.filter(isPart);
  return {
    removed: own.filter((resource) => !isLeft(resource)),
    left: own.filter(isLeft),
    foreign: real.filter((resource) => !isPart(resource)),
  };
}

/** The state in which everything may be removed: nothing protected, and what others made is left where it is. */
export function released<R extends StackResource>(resources: readonly R[]): R[] {
  const left = new Set<StackResource>(stackRemoval(resources).left);
  return resources.map((resource) => ({
    ...resource,
    protect: false,
    ...(left.has(resource) && { retainOnDelete: true }),
  }));
}

/** A stack is destroyed as a whole, so nothing else may be in it. */
export function removalProblems(stack: string, { foreign }: StackRemoval): Problem[] {
  if (foreign.length === 0) return [];
  const names = foreign.map(resourceName).join(", ");
  return [
    {
      path: `stack ${stack}`,
      reason: `has resources that are no part of the pod network, and would be deleted with it: ${names}.`,
      fix: "Move them to a stack of their own first (pulumi state move), then look again.",
    },
  ];
}

const BLOCK = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation";

/** The blocks that are taken off the VPC, in CIDR notation. */
export function goingBlocks({ removed }: StackRemoval): string[] {
  return removed.flatMap(({ type, outputs = {} }) =>
    type === BLOCK && typeof outputs.cidrBlock === "string" ? [outputs.cidrBlock] : [],
  );
}

const SUBNET = "aws:ec2/subnet:Subnet";

/** Ids of the subnets that are deleted. What was deleted already, or forgotten, is in no state any more. */
export function goingSubnets({ removed }: StackRemoval): string[] {
  return removed.flatMap(({ type, id }) => (type === SUBNET ? (id ?? []) : []));
}

const GROUPS = ["aws:eks/nodeGroup:NodeGroup", "aws:autoscaling/group:Group"];

/** Names of the groups of nodes that are deleted, managed and Auto Scaling ones. */
export function goingGroups({ removed }: StackRemoval): string[] {
  return removed.flatMap(({ type, id }) => (GROUPS.includes(type) ? (id?.split(":").at(-1) ?? []) : []));
}

/** ENIConfigs that stay, and name subnets that go: nothing works by them, but nobody should find them by surprise. */
export function leftNotes(removal: StackRemoval): string[] {
  const going = goingSubnets(removal);
  const dangling = removal.left.filter(({ type, outputs }) => {
    const { subnet } = (outputs?.spec ?? {}) as { readonly subnet?: unknown };
    return type.endsWith(":ENIConfig") && typeof subnet === "string" && going.includes(subnet);
  });
  if (dangling.length === 0) return [];
  const names = dangling.map(resourceName).join(", ");
  return [
    `${names}: taken over, so it stays, and names a subnet that is deleted. Give it the subnet that it had, or delete it.`,
  ];
}

/** A resource as people read it: its kind and its name. */
export function resourceName({ type, urn }: Pick<StackResource, "type" | "urn">): string {
  return `${type.split(":").at(-1) ?? type} ${urn.split("::").at(-1) ?? urn}`;
}

function isLeft({ importID = "", retainOnDelete = false }: StackResource): boolean {
  return importID !== "" || retainOnDelete;
}
