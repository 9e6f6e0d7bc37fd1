import { isObject } from "../isObject";
import type { ResourceChange } from "../stack/resourceChange";
import { danger, protection, textOrUnknown, type Danger, type DangerId } from "./danger";

/** A kind of resource that pods live on. */
interface Support {
  readonly id: DangerId;
  readonly isMeant: (change: ResourceChange) => boolean;
  /** What it is, by its inputs. */
  readonly called: (inputs: Readonly<Record<string, unknown>>) => string;
  /** What becomes of pods when it goes. */
  readonly follows: string;
  /** What keeps it. */
  readonly wayOut: string;
}

const ENI_CONFIG = /^kubernetes:crd\.k8s\.amazonaws\.com\/v1alpha1:ENIConfig$/;
const CRD = /^kubernetes:apiextensions\.k8s\.io\/v\d\w*:CustomResourceDefinition$/;

const DAEMON_SET = /^kubernetes:apps\/v\d\w*:DaemonSet$/;

const SUPPORTS: readonly Support[] = [
  {
    id: "SUBNET-LOST",
    isMeant: ofType(/^aws:ec2\/subnet:Subnet$/),
    called: (inputs) =>
      `the subnet ${textOrUnknown(inputs.cidrBlock)} of ${textOrUnknown(inputs.availabilityZone)}`,
    follows: "Pods in it keep it from going; nodes of its zone get no further addresses for pods.",
    wayOut: "Give its zone and its block back in the stack's settings, or move its pods elsewhere first.",
  },
  {
    id: "RANGE-LOST",
    isMeant: ofType(/^aws:ec2\/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation$/),
    called: (inputs) =>
      `the block ${textOrUnknown(inputs.cidrBlock ?? inputs.ipv4IpamPoolId)} of ${textOrUnknown(inputs.vpcId)}`,
    follows: "AWS refuses that while a subnet is in it; without it there is no place for pods.",
    wayOut:
      "Keep it in podCidrs and add others behind it; it can go when no pod is in it any more, and its subnets go before it.",
  },
  {
    id: "ENICONFIG-LOST",
    isMeant: ofType(ENI_CONFIG),
    called: (inputs) => `the ENIConfig ${nameIn(inputs)}`,
    follows: "New nodes that ask for it never become Ready, and those of today get no further interfaces.",
    wayOut: "Keep its zone in the stack's settings, or move its nodes elsewhere first.",
  },
  {
    id: "ENICONFIG-LOST",
    isMeant: (change) => CRD.test(change.type) && nameIn(change.before ?? {}).startsWith("eniconfigs."),
    called: () => "the definition of ENIConfig",
    follows: "All ENIConfigs of the cluster go with it, whoever made them.",
    wayOut: "Keep installCrd in the stack's settings.",
  },
  {
    id: "WORKERS-LOST",
    isMeant: ofType(/^aws:eks\/nodeGroup:NodeGroup$/),
    called: (inputs) => `the managed node group ${textOrUnknown(inputs.nodeGroupName)}`,
    follows: "EKS drains its nodes for a while, and ends them whatever their disruption budgets say.",
    wayOut:
      "Add the new group beside it, move the pods with podnet rotate, and take it away when it is empty.",
  },
  {
    id: "WORKERS-LOST",
    isMeant: ofType(/^aws:autoscaling\/group:Group$/),
    called: (inputs) => `the Auto Scaling group ${textOrUnknown(inputs.name)}`,
    follows: "Auto Scaling ends its nodes at once, and no pod is moved before.",
    wayOut:
      "Add the new group beside it, move the pods with podnet rotate, and take it away when it is empty.",
  },
  {
    id: "CNI-LOST",
    isMeant: ({ type, before = {} }) =>
      type === "aws:eks/addon:Addon" && before.addonName === "vpc-cni" && before.preserve !== true,
    called: (inputs) => `the add-on vpc-cni of ${textOrUnknown(inputs.clusterName)}`,
    follows: "EKS takes aws-node away with it: no new pod gets an address, and no new node becomes Ready.",
    wayOut:
      "Keep it; or give it preserve: true in an update of its own first, and EKS leaves aws-node as it is.",
  },
  {
    id: "CNI-LOST",
    isMeant: ({ type, before = {} }) => DAEMON_SET.test(type) && nameIn(before) === "aws-node",
    called: () => "the DaemonSet aws-node",
    follows: "No new pod gets an address, and no new node becomes Ready.",
    wayOut: "Keep it, or have it forgotten without being deleted: pulumi state delete.",
  },
];

/** What goes, or is replaced, that pods live on. */
export function lostResources(change: ResourceChange): Danger[] {
  const { operation, before = {}, changedProperties } = change;
  const verb = { delete: "deletes", replace: "replaces" }[operation];
  if (verb === undefined) return [];
  return SUPPORTS.filter(({ isMeant }) => isMeant(change)).map(({ id, called, follows, wayOut }) => {
    const evidence = [
      ...(operation === "replace" && changedProperties.length > 0
        ? [`${changedProperties.join(", ")} can't be changed on the one that there is.`]
        : []),
      follows,
      ...protection(change),
    ];
    return danger(id, change, { title: `${verb} ${called(before)}`, evidence, wayOut });
  });
}

function ofType(type: RegExp): (change: ResourceChange) => boolean {
  return (change) => type.test(change.type);
}

function nameIn({ metadata }: Readonly<Record<string, unknown>>): string {
  return textOrUnknown(isObject(metadata) ? metadata.name : undefined);
}
