import type {
  BudgetState,
  Explanation,
  NodeExplanation,
  PodExplanation,
} from "../planning/rotation/explanation";
import { counted } from "../planning/amounts";
import { rollbackToEnd } from "../planning/rollback/unfinishedRollback";
import { withPlace, type CommandPlace } from "./nextCommand";
import { table } from "./table";
import { fitted } from "./wrapped";

/**
 * Nodes and pods explained, as people read it.
 *
 * @param name of the environment.
 * @param columns how wide lines may be, but those of tables.
 * @param place where the environment is, for commands that follow. @default where podnet looks without being told
 */
export function describeExplanations(
  name: string,
  explanations: readonly Explanation[],
  columns?: number,
  place: CommandPlace = {},
): string {
  const isWayBack = explanations.some((one) => one.kind !== "unknown" && one.isWayBack);
  return [
    ...(isWayBack ? [fitted(withPlace(rollbackLine(name), name, place), columns)] : []),
    ...explanations.map((explanation) => describeExplanation(explanation, columns)),
  ].join("\n\n");
}

function rollbackLine(name: string): string {
  const { title, wayOut } = rollbackToEnd(name);
  return `${name}  ${title}\n  -> ${wayOut}`;
}

function describeExplanation(explanation: Explanation, columns: number | undefined): string {
  switch (explanation.kind) {
    case "node":
      return describeNode(explanation, columns);
    case "pod":
      return fitted(podText(explanation), columns);
    case "unknown": {
      const { name, near, several } = explanation;
      if (several !== undefined) {
        return fitted(
          `${name}  is the name of several ${several}: ${near.join(", ")}. Give one of these.`,
          columns,
        );
      }
      const wayOut = near.length === 0 ? NAMES : `Near it: ${near.join(", ")}.`;
      return fitted(`${name}  is neither a node nor a pod of the cluster. ${wayOut}`, columns);
    }
  }
}

/** What can be explained, for a name that is near nothing. */
const NAMES =
  "A node goes by its name (kubectl get nodes) or its instance id, a pod by namespace/name (kubectl get pods -A).";

const STATES = { old: "OLD", new: "new", fargate: "on Fargate, not rotated" } as const;
const STATES_ON_WAY_BACK = { ...STATES, old: "OLD on the way back", new: "stays on the way back" } as const;

function describeNode(node: NodeExplanation, columns: number | undefined): string {
  const { instanceId, instanceType, availabilityZone, state, reasons, pods, isWayBack, isCordoned } = node;
  const rows: [string, string][] = [
    ...reasons.map(({ evidence }, index): [string, string] => [index === 0 ? "why old" : "", evidence]),
    ...cordonRows(node),
    ["owner", node.owner],
    ...(state === "old"
      ? [["replaced by", node.replacedBy ?? "no worker group that is known"] satisfies [string, string]]
      : []),
    ["ENIConfig", eniConfigLine(node)],
    ["pods", counted(pods.length, "pod")],
  ];
  const stuck = pods.filter((pod) => state === "old" && (pod.action === "refuse" || pod.stuck.length > 0));
  const stands = `${(isWayBack ? STATES_ON_WAY_BACK : STATES)[state]}${isCordoned ? ", cordoned" : ""}`;
  const head = [
    `${node.node}  ${stands}  ${instanceId ?? ""} ${instanceType} ${availabilityZone}`.trimEnd(),
    ...labelled(rows),
  ];
  const blocked = [
    `BLOCKED by ${counted(stuck.length, "pod")}:`,
    ...stuck.map((pod) => `  ${whyStuck(pod)}`),
  ];
  return [
    fitted(head.join("\n"), columns),
    ...(pods.length === 0 ? [] : [podTable(pods)]),
    ...(stuck.length === 0 ? [] : [fitted(blocked.join("\n"), columns)]),
  ].join("\n\n");
}

/** Who has taken a node out of service, and who drains it. */
function cordonRows({ isCordoned, drain }: NodeExplanation): [string, string][] {
  if (drain === undefined) return isCordoned ? [["cordoned", "by others: no run has begun to drain it"]] : [];
  const { runId, drainBegan, wasCordoned } = drain;
  const began = `run ${runId}, which began to drain it at ${drainBegan}`;
  if (!isCordoned) return [["drained", `by ${began}; somebody has put it back into service since`]];
  return [["cordoned", wasCordoned ? `by others, before ${began}` : `by ${began}`]];
}

function eniConfigLine({ eniConfig, isWayBack }: NodeExplanation): string {
  if (isWayBack) return "none is taken: custom networking is off";
  const { name, rule, key, subnet, exists } = eniConfig;
  const by = rule === "default" ? "no mark of the node names another" : `by its ${rule} ${key ?? ""}`;
  if (!exists) return `${name} (${by}), which does not exist`;
  const where =
    subnet === undefined
      ? "its subnet is not known to EC2"
      : `${subnet.subnetId} ${subnet.cidrBlock} ${subnet.availabilityZone}, ${counted(subnet.freeAddresses, "free address", "free addresses")}`;
  return `${name} (${by}): ${where}`;
}

function podTable(pods: readonly PodExplanation[]): string {
  return table(
    [{ head: "POD" }, { head: "ADDRESS" }, { head: "VERDICT" }, { head: "BUDGETS" }],
    pods.map((pod) => [
      pod.pod,
      pod.address ?? "-",
      `${pod.action}: ${pod.reason}`,
      pod.budgets.map(({ budget, allowed }) => `${budget} (${allowed} allowed)`).join(", ") || "-",
    ]),
  );
}

const ACTIONS = { evict: "moves", skip: "stays", refuse: "REFUSED" } as const;

function podText(pod: PodExplanation): string {
  const { node, maker, budgets, stuck, action, reason, wayOut, isOnOldNode } = pod;
  const rows: [string, string][] = [
    ["address", addressLine(pod)],
    ["node", node === undefined ? "none yet" : `${node} (${isOnOldNode ? "old" : "not old"})`],
    ["made by", maker ?? "nobody: it is a bare pod"],
    ["when drained", wayOut === undefined ? reason : `${reason} -> ${wayOut}`],
    ...budgets.map((budget, index): [string, string] => [index === 0 ? "budgets" : "", budgetLine(budget)]),
    ...stuck.map((because, index): [string, string] => [index === 0 ? "BLOCKED" : "", because]),
  ];
  const verdict = isOnOldNode ? (stuck.length > 0 ? "CAN'T MOVE" : ACTIONS[action]) : "not rotated now";
  return [`${pod.pod}  ${verdict}`, ...labelled(rows)].join("\n");
}

function addressLine({ address, range, subnetId }: PodExplanation): string {
  switch (range) {
    case "podSubnet":
      return `${address ?? ""}, in pod subnet ${subnetId ?? ""}`;
    case "outside":
      return `${address ?? ""}, in no pod subnet`;
    case "node":
      return `${address ?? ""}, that of its node (hostNetwork)`;
    case undefined:
      return "none";
  }
}

function budgetLine({ budget, allowed, healthy, needed, pods }: BudgetState): string {
  return `${budget}: ${counted(allowed, "eviction")} allowed now, ${healthy} of ${pods} pods healthy, ${needed} needed`;
}

function whyStuck({ pod, action, reason, wayOut, stuck }: PodExplanation): string {
  if (action === "refuse") return `${pod}: ${reason}${wayOut === undefined ? "" : ` -> ${wayOut}`}`;
  return `${pod}: ${stuck.join("; ")}`;
}

function labelled(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows.map(([label, value]) => `  ${label.padEnd(width)}${value}`);
}
