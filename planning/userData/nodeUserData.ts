import { throwIfAny, type Problem } from "../problem";
import { bootstrapArguments, renderBootstrapScript } from "./bootstrap";
import { renderBottlerocket } from "./bottlerocket";
import { renderMime } from "./mime";
import { NODE_CONFIG_MEDIA_TYPE, renderNodeConfig } from "./nodeConfig";
import { nodeSettingsProblems, type NodeSettings } from "./nodeSettings";

/** Operating systems of EKS nodes whose user data is written here. */
export type NodeFamily = "al2023" | "bottlerocket" | "al2";
export const NODE_FAMILIES: readonly NodeFamily[] = ["al2023", "bottlerocket", "al2"];

/**
 * Who completes the user data.
 *
 * - `managed`: a managed node group whose launch template names no AMI. EKS merges its own part: where the cluster is,
 *   and max pods.
 * - `own-ami`: a managed node group whose launch template names an AMI. EKS merges nothing.
 * - `self-managed`: an Auto Scaling group, or single instances. Nobody merges anything.
 *
 * Source: EKS user guide, "Customize managed nodes with launch templates".
 */
export type NodeGroupKind = "managed" | "own-ami" | "self-managed";
export const NODE_GROUP_KINDS: readonly NodeGroupKind[] = ["managed", "own-ami", "self-managed"];

/** User data, ready for a launch template, which takes it in base64. */
export interface NodeUserData {
  /** What EC2 hands to the node. */
  readonly text: string;
  /** AL2 alone: what stands behind the cluster's name in the call of bootstrap.sh. */
  readonly bootstrapArguments?: string;
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

/** EC2 takes no more than this of user data, in bytes before base64. */
const MOST_BYTES = 16_384;

/**
 * Writes the user data of a node.
 *
 * @throws InvalidInputError with every problem: names that AWS or Kubernetes refuse, coordinates that are missing,
 *   settings that the operating system or the kind of node group can't take.
 */
export function nodeUserData(family: NodeFamily, kind: NodeGroupKind, settings: NodeSettings): NodeUserData {
  throwIfAny([...nodeSettingsProblems(settings), ...combinationProblems(family, kind, settings)]);
  // A managed group's nodes get the coordinates from EKS; a second copy would only grow stale.
  const given = kind === "managed" ? { ...settings, cluster: undefined } : settings;
  const userData = render(family, given);
  const bytes = Buffer.byteLength(userData.text);
  throwIfAny(
    bytes <= MOST_BYTES
      ? []
      : [
          {
            path: "(the whole user data)",
            reason: `it has ${bytes} bytes; EC2 takes ${MOST_BYTES}.`,
            fix: "Give fewer labels and taints; set the rest on the node group or once the node has joined.",
          },
        ],
  );
  return { ...userData, notes: notesOn(family, kind, settings) };
}

function render(family: NodeFamily, settings: NodeSettings): Omit<NodeUserData, "notes"> {
  switch (family) {
    case "al2023":
      return {
        text: renderMime([{ contentType: NODE_CONFIG_MEDIA_TYPE, content: renderNodeConfig(settings) }]),
      };
    case "bottlerocket":
      return { text: renderBottlerocket(settings) };
    case "al2":
      return {
        text: renderBootstrapScript(settings),
        bootstrapArguments: bootstrapArguments(settings),
      };
  }
}

function combinationProblems(family: NodeFamily, kind: NodeGroupKind, settings: NodeSettings): Problem[] {
  const problems: Problem[] = [];
  if (family === "al2" && kind === "managed") {
    problems.push({
      path: "nodeGroup",
      reason:
        "in a managed group of AL2 without an AMI of its own EKS starts kubelet; user data must not touch it.",
      fix: "Name an AMI in the launch template (own-ami), or let EKS compute max pods.",
    });
  }
  // bootstrap.sh of AL2 asks DescribeCluster itself; nodeadm and Bottlerocket never do.
  if (family !== "al2" && kind !== "managed" && settings.cluster === undefined) {
    problems.push({
      path: "cluster",
      reason: `is missing; EKS adds nothing to the user data of ${kind} nodes, and ${family} does not ask for it.`,
      fix: "Give endpoint, certificate authority and service range, as aws eks describe-cluster prints them.",
    });
  }
  if (family !== "al2023" && settings.maxPodsExpression !== undefined) {
    problems.push({
      path: "maxPodsExpression",
      reason: `${family} computes no expression; only nodeadm of AL2023 does.`,
      fix: "Give maxPods as a number.",
    });
  }
  return problems;
}

function notesOn(family: NodeFamily, kind: NodeGroupKind, settings: NodeSettings): string[] {
  const notes: string[] = [];
  const setsMaxPods = settings.maxPods !== undefined || settings.maxPodsExpression !== undefined;
  if (family === "al2023" && kind === "managed" && setsMaxPods) {
    notes.push(
      "EKS computes max pods of this group itself, when the group is created, and its number wins over this one: set custom networking on aws-node first, and check the first node. An AMI of your own in the launch template (own-ami) makes this number count.",
    );
  }
  if (settings.maxPods !== undefined && settings.maxPodsExpression !== undefined) {
    notes.push("maxPods wins over maxPodsExpression.");
  }
  if (settings.maxPodsExpression !== undefined) {
    notes.push(
      "nodeadm computes the expression without the recommended cap of 110 or 250, and falls back to the plain number, with a line in its log only, where it can't; AMIs from 2025-10 on know it.",
    );
  }
  if (!setsMaxPods && kind !== "managed") {
    notes.push(
      "Max pods is not set: the AMI takes ENIs x (addresses - 1) + 2, which is too many under custom networking.",
    );
  }
  if (family === "al2") notes.push("AWS ended support of AL2 for EKS; AL2023 takes its place.");
  return notes;
}
