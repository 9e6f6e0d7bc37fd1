import type { EnvironmentVerification } from "../automation/verify";
import type { Share, Verification } from "../planning/rotation/verification";
import { counted, grouped } from "../planning/amounts";

/** Old nodes and pods that are shown; the others are counted. */
const SHOWN = 10;

/** Whether every pod has moved, as people read it: the answer first, then the figures, then what is not so. */
export function describeVerification(name: string, verification: EnvironmentVerification): string {
  const { podCidrs, isVerified, nodes, pods, podsOutside, oldNodes, unseenNodes, notes } = verification;
  const { cleanPrimaryEnis: primary, secondaryEnis, allocatablePods, allocatableByType } = verification;
  const verdict = isVerified ? `all in ${podCidrs.join(", ")}` : whyNot(verification);
  const rows: [string, string][] = [
    ["pods outside the pod subnets", grouped(podsOutside.length)],
    ["primary ENIs with pod addresses", share({ right: primary.of - primary.right, of: primary.of })],
    ["secondary ENIs in the right subnet", share(secondaryEnis)],
    [
      "allocatable pods as computed",
      `${share(allocatablePods)}${allocatableByType.length === 0 ? "" : `  (${allocatableByType.join(", ")})`}`,
    ],
    ["hostNetwork pods (keep node addresses, by design)", grouped(verification.hostNetworkPods)],
    ...(verification.fargateNodes === 0
      ? []
      : [["Fargate nodes (not looked at)", grouped(verification.fargateNodes)] as [string, string]]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const head = `${name}  ${isVerified ? "verified" : "NOT VERIFIED"}  ${counted(nodes, "node")}, ${counted(pods, "pod")}`;
  return [
    [
      `${head.padEnd(width + 4)}  ${verdict}`,
      ...rows.map(([label, value]) => `  ${label.padEnd(width)}${value}`),
    ].join("\n"),
    ...(oldNodes.length === 0 ? [] : [oldNodesText(oldNodes)]),
    ...(unseenNodes.length === 0 ? [] : [unseenText(unseenNodes)]),
    ...notes.map((note) => `note: ${note}`),
    // What was not seen is not known to be old.
    ...(isVerified || unseenNodes.length > 0 ? [] : [`Next: podnet rotate ${name}`]),
  ].join("\n\n");
}

function whyNot({ nodes, oldNodes, unseenNodes }: Verification): string {
  if (unseenNodes.length > 0)
    return `EC2 shows no primary ENI of ${grouped(unseenNodes.length)} of ${counted(nodes, "node")}`;
  return `${grouped(oldNodes.length)} of ${counted(nodes, "node")} ${oldNodes.length === 1 ? "is" : "are"} old`;
}

/** Nobody is told to rotate nodes for what another account or Region doesn't know of them. */
function unseenText(nodes: readonly string[]): string {
  const rest = nodes.length - SHOWN;
  return [
    "EC2 shows no primary ENI of these, so nothing is known of their addresses:",
    ...nodes.slice(0, SHOWN).map((node) => `  ${node}`),
    ...(rest > 0 ? [`... and ${rest} more nodes`] : []),
    "Check that the AWS credentials and the Region are those of the cluster; a node that has just joined is seen in a moment.",
  ].join("\n");
}

function oldNodesText(oldNodes: Verification["oldNodes"]): string {
  const shown = oldNodes
    .slice(0, SHOWN)
    .flatMap(({ node, reasons }) => [node, ...reasons.slice(0, 3).map(({ evidence }) => `  ${evidence}`)]);
  const rest = oldNodes.length - SHOWN;
  return [...shown, ...(rest > 0 ? [`... and ${rest} more nodes`] : [])].join("\n");
}

function share({ right, of }: Share): string {
  return `${grouped(right)} of ${grouped(of)}`;
}
