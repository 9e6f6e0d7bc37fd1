import type { EnvironmentVerification } from "../automation/verify";
import type { Share, Verification } from "../planning/rotation/verification";
import type { Deviation } from "../planning/verification/deviation";
import { counted, grouped } from "../planning/amounts";
import { withPlace, type CommandPlace } from "./nextCommand";
import { fitted, TEXT_COLUMNS } from "./wrapped";

/** Things of a kind that are shown; the others are counted. */
const SHOWN = 10;

/**
 * Whether every pod has moved, as people read it: the answer first, then the figures, then what is not so.
 *
 * @param columns how wide lines may be.
 * @param place where the environment is, for commands that follow. @default where podnet looks without being told
 */
export function describeVerification(
  name: string,
  verification: EnvironmentVerification,
  columns?: number,
  place: CommandPlace = {},
): string {
  return fitted(withPlace(paragraphs(name, verification, columns).join("\n\n"), name, place), columns);
}

function paragraphs(name: string, verification: EnvironmentVerification, columns = TEXT_COLUMNS): string[] {
  const { podCidrs, isVerified, nodes, pods, oldNodes, unseenNodes, notes } = verification;
  const { deviations, smoke, deep } = verification;
  const rollback = deviations.filter(({ about }) => about === "rollback");
  const others = deviations.filter(({ about }) => about !== "rollback");
  const verdict = isVerified ? `all in ${podCidrs.join(", ")}` : whyNot(verification);
  const rows = figures(verification);
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const head = `${name}  ${isVerified ? "verified" : "NOT VERIFIED"}  ${counted(nodes, "node")}, ${counted(pods, "pod")}`;
  const beside = `${head.padEnd(width + 4)}  ${verdict}`;
  return [
    [
      beside.length <= columns ? beside : `${head}\n      ${verdict}`,
      ...rows.map(([label, value]) => `  ${label.padEnd(width)}${value}`),
    ].join("\n"),
    ...lines(rollback, "deviations", deviationText),
    ...(oldNodes.length === 0 ? [] : [oldNodesText(oldNodes)]),
    ...(unseenNodes.length === 0 ? [] : [unseenText(unseenNodes)]),
    ...lines(others, "deviations", deviationText),
    ...lines(smoke?.failures ?? [], "failures", (failure) => failure),
    ...lines(deep?.unread ?? [], "nodes", ({ node, because }) => `${node}: ipamd was not read: ${because}`),
    ...lines(deep?.differences ?? [], "differences", ({ node, what }) => `${node}: ${what}`),
    ...notes.map((note) => `note: ${note}`),
    // What was not seen is not known to be old.
    ...(oldNodes.length === 0 || unseenNodes.length > 0 || rollback.length > 0
      ? []
      : [`Next: podnet rotate ${name}`]),
    ...(rollback.length === 0 ? [] : [`Next: podnet rollback ${name}`]),
  ];
}

function figures(verification: EnvironmentVerification): [label: string, value: string][] {
  const { newNodes, podsInside, podsOutside, hostNetworkPods, fargateNodes, smoke, deep } = verification;
  const { cleanPrimaryEnis: primary, secondaryEnis, securityGroups } = verification;
  const { allocatablePods, allocatableByType } = verification;
  const moved: [string, string][] = [
    ["new nodes", share(newNodes)],
    ["pods in the pod subnets", share(podsInside)],
  ];
  return [
    ...(newNodes.right === newNodes.of ? [] : moved),
    ["pods outside the pod subnets", grouped(podsOutside.length)],
    ["primary ENIs with pod addresses", share({ right: primary.of - primary.right, of: primary.of })],
    ["secondary ENIs in the right subnet", share(secondaryEnis)],
    ["secondary ENIs with the right security groups", share(securityGroups)],
    ["allocatable pods as computed", `${share(allocatablePods)}${inBrackets(allocatableByType)}`],
    ["hostNetwork pods (keep node addresses, by design)", grouped(hostNetworkPods)],
    ...(fargateNodes === 0
      ? []
      : [["Fargate nodes (not looked at)", grouped(fargateNodes)] satisfies [string, string]]),
    ...(smoke === undefined
      ? []
      : [
          [
            "new pods that were ready in the pod subnets",
            `${share(smoke.pods)}${inBrackets(smoke.zones.map((zone) => `${zone.availabilityZone} ${zone.pods}`))}`,
          ] satisfies [string, string],
        ]),
    ...(deep === undefined
      ? []
      : [["nodes whose ipamd agrees with EC2 and its pods", share(deep.nodes)] satisfies [string, string]]),
  ];
}

function whyNot({ nodes, oldNodes, unseenNodes, deviations, smoke, deep }: EnvironmentVerification): string {
  if (unseenNodes.length > 0)
    return `EC2 shows no primary ENI of ${grouped(unseenNodes.length)} of ${counted(nodes, "node")}`;
  if (nodes === 0) return "there is no node";
  if (deviations.some(({ about }) => about === "rollback")) return "a rollback is unfinished";
  if (oldNodes.length > 0)
    return `${grouped(oldNodes.length)} of ${counted(nodes, "node")} ${oldNodes.length === 1 ? "is" : "are"} old`;
  if (deviations.length > 0) return `${counted(deviations.length, "deviation")} from what was deployed`;
  if (smoke !== undefined && smoke.failures.length > 0) {
    const { right, of } = smoke.pods;
    return `${grouped(of - right)} of ${counted(of, "new pod")} failed`;
  }
  const { right = 0, of = 0 } = deep?.nodes ?? {};
  return `ipamd of ${grouped(of - right)} of ${counted(of, "node")} does not agree`;
}

/** Nobody is told to rotate nodes for what another account or Region doesn't know of them. */
function unseenText(nodes: readonly string[]): string {
  return [
    "EC2 shows no primary ENI of these, so nothing is known of their addresses:",
    ...shortened(
      nodes.map((node) => `  ${node}`),
      "nodes",
    ),
    "Check that the AWS credentials and the Region are those of the cluster; a node that has just joined is seen in a moment.",
  ].join("\n");
}

function oldNodesText(oldNodes: Verification["oldNodes"]): string {
  const texts = oldNodes.map(({ node, reasons }) =>
    [node, ...reasons.slice(0, 3).map(({ evidence }) => `  ${evidence}`)].join("\n"),
  );
  return shortened(texts, "nodes").join("\n");
}

function deviationText({ title, wayOut }: Deviation): string {
  return `${title}\n  -> ${wayOut}`;
}

/** One paragraph of things that are not as they should be; none where there are none. */
function lines<T>(things: readonly T[], kind: string, describe: (thing: T) => string): string[] {
  return things.length === 0 ? [] : [shortened(things.map(describe), kind).join("\n")];
}

function shortened(texts: readonly string[], kind: string): string[] {
  const rest = texts.length - SHOWN;
  return [...texts.slice(0, SHOWN), ...(rest > 0 ? [`... and ${grouped(rest)} more ${kind}`] : [])];
}

function inBrackets(items: readonly string[]): string {
  return items.length === 0 ? "" : `  (${items.join(", ")})`;
}

function share({ right, of }: Share): string {
  return `${grouped(right)} of ${grouped(of)}`;
}
