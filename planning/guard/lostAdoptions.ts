import { stackRemoval, type StackResource } from "../rollback/stackRemoval";
import { danger, textOrUnknown, type Danger } from "./danger";

/** A resource as an update plan of Pulumi has it, as far as it is looked at. */
export interface PlannedResource {
  /** How the program wants it; none where it only goes. */
  readonly goal?: {
    /** By which id the program takes it over; none, or empty, where it does not. */
    readonly id?: string | undefined;
  };
}

/** What was taken over, and how the settings say so. */
interface Adopted {
  /** What it is, in words. */
  readonly called: string;
  /** What brings it back into the settings. */
  readonly wayOut: string;
}

/** How each kind of thing is taken over. */
const ADOPTED: readonly {
  readonly type: RegExp;
  readonly of: (resource: StackResource) => Adopted;
}[] = [
  {
    type: /^aws:ec2\/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation$/,
    of: ({ outputs }) => named("the block", textOrUnknown(outputs?.cidrBlock), "cidrBlocks"),
  },
  {
    type: /^aws:ec2\/subnet:Subnet$/,
    of: ({ importID }) => named("the subnet", textOrUnknown(importID), "podSubnets"),
  },
  {
    type: /^kubernetes:crd\.k8s\.amazonaws\.com\/v1alpha1:ENIConfig$/,
    of: ({ importID }) => named("the ENIConfig", textOrUnknown(importID), "eniConfigs"),
  },
  {
    type: /^aws:eks\/nodeGroup:NodeGroup$/,
    // EKS knows it as CLUSTER:NAME.
    of: ({ importID }) =>
      named("the managed node group", textOrUnknown(importID?.split(":").at(-1)), "nodeGroups"),
  },
  {
    type: /^aws:eks\/addon:Addon$/,
    of: () => ({
      called: "the add-on vpc-cni",
      wayOut: "Take cni.adopt: false out of the stack's settings: it is for a cluster without the add-on.",
    }),
  },
];

/**
 * What others made and the stack took over, where an update would have the stack forget it: from then on it would be like
 * what the stack has made, and a rollback would delete it.
 *
 * Pulumi knows it by the program's `import` alone, and writes down what that says each time (`importID` of a resource in
 * the state; `id` of its goal in an update plan). No step of an update tells that it is gone. What the program no longer
 * wants at all is deleted, which is told as the loss that it is.
 *
 * @param resources the state of the stack before the update.
 * @param planned the update, by URN.
 */
export function lostAdoptions(
  resources: readonly StackResource[],
  planned: Readonly<Record<string, PlannedResource>>,
): Danger[] {
  const adopted = stackRemoval(resources).left.filter(
    // What was replaced and is still to be deleted has the URN of the one in its place.
    (resource) => (resource.importID ?? "") !== "" && resource.delete !== true,
  );
  return adopted.flatMap((resource) => {
    const goal = planned[resource.urn]?.goal;
    return goal === undefined || (goal.id ?? "") !== "" ? [] : [forgotten(resource)];
  });
}

function forgotten(resource: StackResource): Danger {
  const { type, urn, importID } = resource;
  const name = urn.split("::").at(-1) ?? urn;
  const { called, wayOut } = ADOPTED.find((one) => one.type.test(type))?.of(resource) ?? {
    called: `${textOrUnknown(importID)} (${type})`,
    wayOut: "Have the program take it over as before.",
  };
  return danger(
    "ADOPTION-LOST",
    { name, urn },
    {
      title: `forgets that ${called} was taken over`,
      evidence: [
        "The stack did not make it, and nothing would say so any more: podnet rollback would delete it, and not leave it as it is.",
      ],
      wayOut,
    },
  );
}

function named(what: string, value: string, key: string): Adopted {
  return {
    called: `${what} ${value}`,
    wayOut: `Name ${value} in adopt.${key} of the stack's settings again, and leave it there for as long as the stack is there.`,
  };
}
