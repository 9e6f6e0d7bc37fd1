import { randomUUID } from "node:crypto";
import {
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
  type Taint,
  type UpdateLabelsPayload,
  type UpdateTaintsPayload,
} from "@aws-sdk/client-eks";
import { changesBetween } from "../../schema/compare";
import type { Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { says } from "../awsError";
import { optionalText, twoParts } from "../resourceKind";
import { tagChanges, tagsIn } from "../tags";
import { eksUpdated } from "./eksUpdate";
import { nodeGroupSchema } from "./nodeGroupSchema";
import { launchTemplateOf, scalingOf, taintsOf, updateConfigOf } from "./nodeGroupShapes";

const TIMEOUT_MS = 60 * 60_000;

/** Brings release, Kubernetes version and launch template up to date, if one of them changes. */
export async function updateNodeGroupVersion(
  id: string,
  state: Properties,
  inputs: Properties,
  aws: Aws,
): Promise<void> {
  const changed = changedKeys(state, inputs);
  if (!["launchTemplate", "releaseVersion", "version"].some((key) => changed.has(key))) return;
  const [clusterName, nodegroupName] = twoParts(id, "cluster-name:node-group-name");
  const launchTemplate = launchTemplateOf(inputs);
  const releaseVersion = changed.has("releaseVersion") ? optionalText(inputs, "releaseVersion") : undefined;
  const version = changed.has("version") ? optionalText(inputs, "version") : undefined;
  const command = new UpdateNodegroupVersionCommand({
    clusterName,
    nodegroupName,
    clientRequestToken: randomUUID(),
    force: inputs["forceUpdateVersion"] === true,
    ...(launchTemplate === undefined ? {} : { launchTemplate }),
    ...(releaseVersion === undefined ? {} : { releaseVersion }),
    ...(version === undefined ? {} : { version }),
  });
  const { update } = await says(`updating EKS Node Group (${id}) version`, () => aws.eks.send(command));
  const what = `waiting for EKS Node Group (${id}) version update (${update?.id ?? ""})`;
  await eksUpdated(
    { what, timeoutMs: TIMEOUT_MS },
    { name: clusterName, nodegroupName, updateId: update?.id },
    aws,
  );
}

/** Brings sizes, labels, taints and the update settings up to date, if one of them changes. */
export async function updateNodeGroupConfig(
  id: string,
  state: Properties,
  inputs: Properties,
  aws: Aws,
): Promise<void> {
  const changed = changedKeys(state, inputs);
  if (!["labels", "scalingConfig", "taints", "updateConfig"].some((key) => changed.has(key))) return;
  const [clusterName, nodegroupName] = twoParts(id, "cluster-name:node-group-name");
  const labels = labelChanges(state, inputs);
  const taints = taintChanges(taintsOf(state), taintsOf(inputs));
  const updateConfig = changed.has("updateConfig") ? updateConfigOf(inputs) : undefined;
  const command = new UpdateNodegroupConfigCommand({
    clusterName,
    nodegroupName,
    clientRequestToken: randomUUID(),
    ...(labels === undefined ? {} : { labels }),
    ...(taints === undefined ? {} : { taints }),
    ...(changed.has("scalingConfig") ? { scalingConfig: scalingOf(inputs) } : {}),
    ...(updateConfig === undefined ? {} : { updateConfig }),
  });
  const { update } = await says(`updating EKS Node Group (${id}) config`, () => aws.eks.send(command));
  const what = `waiting for EKS Node Group (${id}) config update (${update?.id ?? ""})`;
  await eksUpdated(
    { what, timeoutMs: TIMEOUT_MS },
    { name: clusterName, nodegroupName, updateId: update?.id },
    aws,
  );
}

function changedKeys(state: Properties, inputs: Properties): Set<string> {
  const paths = [...changesBetween(nodeGroupSchema, state, inputs).keys()];
  return new Set(paths.map((path) => path.split(/[.[]/, 1)[0] ?? path));
}

function labelChanges(state: Properties, inputs: Properties): UpdateLabelsPayload | undefined {
  const { set, remove } = tagChanges(tagsIn(state["labels"]), tagsIn(inputs["labels"]));
  if (Object.keys(set).length === 0 && remove.length === 0) return undefined;
  return {
    ...(Object.keys(set).length === 0 ? {} : { addOrUpdateLabels: set }),
    ...(remove.length === 0 ? {} : { removeLabels: remove }),
  };
}

/** A taint is known by key and effect: with another value it is updated, not removed. */
function taintChanges(was: readonly Taint[], is: readonly Taint[]): UpdateTaintsPayload | undefined {
  const same = (left: Taint, right: Taint) => left.key === right.key && left.effect === right.effect;
  const removeTaints = was.filter((old) => !is.some((now) => same(old, now)));
  const addOrUpdateTaints = is.filter(
    (now) => !was.some((old) => same(old, now) && (old.value ?? "") === (now.value ?? "")),
  );
  if (removeTaints.length === 0 && addOrUpdateTaints.length === 0) return undefined;
  return {
    ...(removeTaints.length === 0 ? {} : { removeTaints }),
    ...(addOrUpdateTaints.length === 0 ? {} : { addOrUpdateTaints }),
  };
}
