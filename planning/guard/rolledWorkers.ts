import { isObject } from "../isObject";
import type { ResourceChange } from "../stack/resourceChange";
import { danger, type Danger } from "./danger";

type Inputs = Readonly<Record<string, unknown>>;

const WAY_OUT =
  "Give the change to a worker group of a new name beside this one, and move the pods with podnet rotate.";

/**
 * Workers that EKS, or Auto Scaling, would replace by itself: at its own pace, without what a rotation checks.
 *
 * A managed group does so when its launch template, its version or its release is another one (EKS user guide, "Update a
 * managed node group"); an Auto Scaling group, where it has an instance refresh ("Use an instance refresh").
 */
export function rolledWorkers(change: ResourceChange): Danger[] {
  const { type, before = {}, after = {} } = change;
  // One that is replaced is told as such.
  if (change.operation !== "update" && change.operation !== "import") return [];
  if (type === "aws:eks/nodeGroup:NodeGroup") {
    const differing = [
      ...changed(
        "launch template version",
        versionOf(before.launchTemplate),
        versionOf(after.launchTemplate),
      ),
      ...changed("release", before.releaseVersion, after.releaseVersion),
      ...changed("Kubernetes version", before.version, after.version),
    ];
    if (differing.length === 0) return [];
    return [
      danger("WORKERS-ROLLED", change, {
        title: `EKS would replace the nodes of the managed node group ${nameOf(before.nodeGroupName)} by itself`,
        evidence: [
          ...differing,
          "EKS gives each node 15 minutes to drain, and undoes the update, or with force goes on, where pods do not leave.",
        ],
        wayOut: WAY_OUT,
      }),
    ];
  }
  if (type === "aws:autoscaling/group:Group" && after.instanceRefresh !== undefined) {
    const differing = changed("launch template version", templateOf(before), templateOf(after));
    if (differing.length === 0) return [];
    return [
      danger("WORKERS-ROLLED", change, {
        title: `Auto Scaling would replace the nodes of the group ${nameOf(before.name)} by itself`,
        evidence: [...differing, "Its instance refresh ends instances and knows nothing of their pods."],
        wayOut: WAY_OUT,
      }),
    ];
  }
  return [];
}

function changed(what: string, before: unknown, after: unknown): string[] {
  // What is no longer said stays as it is.
  if (after === undefined || before === after) return [];
  const now = after === "[unknown]" ? "the one that this update makes" : shown(after);
  return [`Its ${what} goes from ${before === undefined ? "what it is" : shown(before)} to ${now}.`];
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function versionOf(template: unknown): unknown {
  return isObject(template) ? template.version : undefined;
}

/** That of one type, or of several. */
function templateOf({ launchTemplate, mixedInstancesPolicy }: Inputs): unknown {
  if (launchTemplate !== undefined) return versionOf(launchTemplate);
  const policy = isObject(mixedInstancesPolicy) ? mixedInstancesPolicy.launchTemplate : undefined;
  return versionOf(isObject(policy) ? policy.launchTemplateSpecification : undefined);
}

function nameOf(value: unknown): string {
  return typeof value === "string" ? value : "(unknown)";
}
