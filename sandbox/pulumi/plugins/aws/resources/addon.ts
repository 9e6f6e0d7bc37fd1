import { randomUUID } from "node:crypto";
import {
  CreateAddonCommand,
  DeleteAddonCommand,
  DescribeAddonCommand,
  UpdateAddonCommand,
  type Addon,
  type ResolveConflicts,
} from "@aws-sdk/client-eks";
import { waitFor } from "../../protocol/waitFor";
import { equal } from "../../../engine/propertyValues";
import { defined, type Properties, type Value } from "../../protocol/values";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { podIdentitiesChanged, podIdentitiesOf, podIdentitiesTold } from "../podIdentities";
import { optionalText, text, twoParts, type ResourceKind } from "../resourceKind";
import { tagsIn, tagsSchema, tagsState, updateEksTags } from "../tags";
import { eksUpdated, issuesOf } from "./eksUpdate";
import { oneOf } from "./oneOf";

const CREATE_TIMEOUT_MS = 20 * 60_000;
const UPDATE_TIMEOUT_MS = 20 * 60_000;
const DELETE_TIMEOUT_MS = 40 * 60_000;
const GONE = ["ResourceNotFoundException"];

export const addon: ResourceKind = {
  type: "aws:eks/addon:Addon",
  schema: {
    addonName: { type: "string", required: true, replaces: true },
    addonVersion: { type: "string", computed: true, problem: versionProblem },
    arn: { type: "string", output: true },
    clusterName: { type: "string", required: true, replaces: true },
    configurationValues: { type: "string", computed: true },
    createdAt: { type: "string", output: true },
    modifiedAt: { type: "string", output: true },
    namespaceConfig: {
      type: { object: { namespace: { type: "string", required: true } } },
      replaces: true,
      refused: "add-ons are in kube-system here",
    },
    podIdentityAssociations: {
      type: {
        set: {
          object: {
            roleArn: { type: "string", required: true },
            serviceAccount: { type: "string", required: true },
          },
        },
      },
    },
    preserve: { type: "boolean", kept: true },
    region: { type: "string", computed: true, replaces: true },
    resolveConflictsOnCreate: {
      type: "string",
      kept: true,
      problem: (value) => oneOf(["NONE", "OVERWRITE"], value),
    },
    resolveConflictsOnUpdate: {
      type: "string",
      kept: true,
      problem: (value) => oneOf(["NONE", "OVERWRITE", "PRESERVE"], value),
    },
    serviceAccountRoleArn: { type: "string" },
    ...tagsSchema,
  },
  async create(inputs, aws) {
    const clusterName = text(inputs, "clusterName");
    const addonName = text(inputs, "addonName");
    const id = `${clusterName}:${addonName}`;
    const resolveConflicts = optionalText(inputs, "resolveConflictsOnCreate") as ResolveConflicts | undefined;
    const tags = tagsIn(inputs["tagsAll"]);
    const command = new CreateAddonCommand({
      clusterName,
      addonName,
      clientRequestToken: randomUUID(),
      ...given(inputs, ["addonVersion", "configurationValues", "serviceAccountRoleArn"]),
      ...(resolveConflicts === undefined ? {} : { resolveConflicts }),
      ...(inputs["podIdentityAssociations"] === undefined
        ? {}
        : { podIdentityAssociations: podIdentitiesOf(inputs) }),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    });
    await says(`creating EKS Add-On (${id})`, () => aws.eks.send(command));
    return id;
  },
  async settle(id, _inputs, aws) {
    const what = `waiting for EKS Add-On (${id}) create`;
    await waitFor(what, aws.act, CREATE_TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      if (found?.status === "ACTIVE") return true;
      // DEGRADED is passing here, as it is for Terraform: pods that are not ready yet.
      if (found?.status === "CREATING" || found?.status === "DEGRADED") return undefined;
      throw new Error(`${what}: unexpected state '${found?.status ?? "gone"}': ${issuesOf(found?.health)}`);
    });
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return found === undefined ? undefined : propertiesOf(found, aws);
  },
  async update(id, state, inputs, aws) {
    await updateEksTags(aws, state, inputs);
    const changed = given(inputs, ["addonVersion", "configurationValues"], state);
    const podIdentities = podIdentitiesOf(inputs);
    const podsChanged = podIdentitiesChanged(podIdentitiesOf(state), podIdentities);
    const roleChanged = !equal(inputs["serviceAccountRoleArn"] ?? "", state["serviceAccountRoleArn"] ?? "");
    if (Object.keys(changed).length === 0 && !roleChanged && !podsChanged) return undefined;

    const [clusterName, addonName] = twoParts(id, "cluster-name:addon-name");
    const resolveConflicts = optionalText(inputs, "resolveConflictsOnUpdate") as ResolveConflicts | undefined;
    // A role that is left out of the call is taken away.
    const serviceAccountRoleArn = roleChanged
      ? (optionalText(inputs, "serviceAccountRoleArn") ?? "")
      : optionalText(inputs, "serviceAccountRoleArn");
    const command = new UpdateAddonCommand({
      clusterName,
      addonName,
      clientRequestToken: randomUUID(),
      ...changed,
      ...(resolveConflicts === undefined ? {} : { resolveConflicts }),
      ...(serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn }),
      ...(podsChanged ? { podIdentityAssociations: podIdentities } : {}),
    });
    const { update } = await says(`updating EKS Add-On (${id})`, () => aws.eks.send(command));
    const advice =
      resolveConflicts === "OVERWRITE" ? "" : '. Consider setting resolveConflictsOnUpdate to "OVERWRITE"';
    await eksUpdated(
      {
        what: `waiting for EKS Add-On (${id}) update (${update?.id ?? ""})`,
        advice,
        timeoutMs: UPDATE_TIMEOUT_MS,
      },
      { name: clusterName, addonName, updateId: update?.id },
      aws,
    );
    return undefined;
  },
  async delete(id, state, aws) {
    const [clusterName, addonName] = twoParts(id, "cluster-name:addon-name");
    const command = new DeleteAddonCommand({ clusterName, addonName, preserve: state["preserve"] === true });
    await says(`deleting EKS Add-On (${id})`, () => unlessGone(GONE, () => aws.eks.send(command)));
    const what = `waiting for EKS Add-On (${id}) delete`;
    await waitFor(what, aws.act, DELETE_TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      if (found?.status === "DELETE_FAILED") throw new Error(`${what}: ${issuesOf(found.health)}`);
      return found === undefined ? true : undefined;
    });
  },
};

/** The add-on with an ID such as `small:vpc-cni`; undefined when there is none. */
async function find(id: string, aws: Aws): Promise<Addon | undefined> {
  const [clusterName, addonName] = twoParts(id, "cluster-name:addon-name");
  const answer = await says(`reading EKS Add-On (${id})`, () =>
    unlessGone(GONE, () => aws.eks.send(new DescribeAddonCommand({ clusterName, addonName }))),
  );
  return answer?.addon;
}

async function propertiesOf(found: Addon, aws: Aws): Promise<Properties> {
  return defined({
    addonName: found.addonName,
    addonVersion: found.addonVersion,
    arn: found.addonArn,
    clusterName: found.clusterName,
    configurationValues: found.configurationValues ?? "",
    createdAt: found.createdAt?.toISOString(),
    modifiedAt: found.modifiedAt?.toISOString(),
    ...((found.podIdentityAssociations ?? []).length === 0
      ? {}
      : { podIdentityAssociations: await podIdentitiesTold(found, aws) }),
    serviceAccountRoleArn: found.serviceAccountRoleArn,
    ...tagsState(found.tags ?? {}, aws),
  });
}

/** Those of the text inputs that are given, and other than in the state if there is one. */
function given(inputs: Properties, keys: readonly string[], state?: Properties): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const key of keys) {
    const value = inputs[key];
    if (typeof value !== "string" || value === (state?.[key] ?? "")) continue;
    texts[key] = value;
  }
  return texts;
}

function versionProblem(value: Value): string | undefined {
  return typeof value === "string" && /^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.test(value)
    ? undefined
    : `${JSON.stringify(value)} has to be a version such as v1.23.1-eksbuild.1`;
}
