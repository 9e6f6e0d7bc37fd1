import { randomUUID } from "node:crypto";
import {
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
  type Taint,
  type Update,
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
  const launchTemplate = launchTemplateOf(inputs);
  const releaseVersion = changed.has("releaseVersion") ? optionalText(inputs, "releaseVersion") : undefined;
  const version = changed.has("version") ? optionalText(inputs, "version") : undefined;
  await updateAndWait(id, "version", aws, (group) =>
    aws.eks.send(
      new UpdateNodegroupVersionCommand({
        ...group,
        clientRequestToken: randomUUID(),
        force: inputs["forceUpdateVersion"] === true,
        ...(launchTemplate === undefined ? {} : { launchTemplate }),
        ...(releaseVersion === undefined ? {} : { releaseVersion }),
        ...(version === undefined ? {} : { version }),
      }),
    ),
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
  const labels = labelChanges(state, inputs);
  const taints = taintChanges(taintsOf(state), taintsOf(inputs));
  const updateConfig = changed.has("updateConfig") ? updateConfigOf(inputs) : undefined;
  await updateAndWait(id, "config", aws, (group) =>
    aws.eks.send(
      new UpdateNodegroupConfigCommand({
        ...group,
        clientRequestToken: randomUUID(),
        ...(labels === undefined ? {} : { labels }),
        ...(taints === undefined ? {} : { taints }),
        ...(changed.has("scalingConfig") ? { scalingConfig: scalingOf(inputs) } : {}),
        ...(updateConfig === undefined ? {} : { updateConfig }),
      }),
    ),
  );
}

/** Asks for an update of a group, and waits until EKS has done it. */
async function updateAndWait(
  id: string,
  what: "config" | "version",
  aws: Aws,
  send: (group: { clusterName: string; nodegroupName: string }) => Promise<{ update?: Update | undefined }>,
): Promise<void> {
  const [clusterName, nodegroupName] = twoParts(id, "cluster-name:node-group-name");
  const group = { clusterName, nodegroupName };
  const { update } = await says(`updating EKS Node Group (${id}) ${what}`, () => send(group));
  await eksUpdated(
    {
      what: `waiting for EKS Node Group (${id}) ${what} update (${update?.id ?? ""})`,
      timeoutMs: TIMEOUT_MS,
    },
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
