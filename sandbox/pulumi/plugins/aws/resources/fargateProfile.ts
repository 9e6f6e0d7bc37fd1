import { randomUUID } from "node:crypto";
import {
  CreateFargateProfileCommand,
  DeleteFargateProfileCommand,
  DescribeFargateProfileCommand,
  type FargateProfile,
} from "@aws-sdk/client-eks";
import { waitFor } from "../../protocol/waitFor";
import { defined, isObject, type Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { codeOf, says, unlessGone } from "../awsError";
import { text, twoParts, type ResourceKind } from "../resourceKind";
import { tagsIn, tagsSchema, tagsState, updateEksTags } from "../tags";

const TIMEOUT_MS = 10 * 60_000;
const GONE = ["ResourceNotFoundException"];

export const fargateProfile: ResourceKind = {
  type: "aws:eks/fargateProfile:FargateProfile",
  schema: {
    arn: { type: "string", output: true },
    clusterName: { type: "string", required: true, replaces: true },
    fargateProfileName: { type: "string", computed: true, replaces: true },
    podExecutionRoleArn: { type: "string", required: true, replaces: true },
    region: { type: "string", computed: true, replaces: true },
    selectors: {
      type: {
        set: { object: { labels: { type: "map" }, namespace: { type: "string", required: true } } },
      },
      required: true,
      replaces: true,
    },
    status: { type: "string", output: true },
    subnetIds: { type: { set: "string" }, computed: true, replaces: true },
    ...tagsSchema,
  },
  autoNamed: "fargateProfileName",
  async create(inputs, aws) {
    const clusterName = text(inputs, "clusterName");
    const fargateProfileName = text(inputs, "fargateProfileName");
    const id = `${clusterName}:${fargateProfileName}`;
    const tags = tagsIn(inputs["tagsAll"]);
    const command = new CreateFargateProfileCommand({
      clusterName,
      fargateProfileName,
      clientRequestToken: randomUUID(),
      podExecutionRoleArn: text(inputs, "podExecutionRoleArn"),
      selectors: selectorsOf(inputs),
      ...(Array.isArray(inputs["subnetIds"]) ? { subnets: inputs["subnetIds"] as string[] } : {}),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    });
    await oneAtATime(`creating EKS Fargate Profile (${id})`, aws, () => aws.eks.send(command));
    return id;
  },
  async settle(id, _inputs, aws) {
    const what = `waiting for EKS Fargate Profile (${id}) create`;
    await waitFor(what, aws.act, TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      if (found?.status === "ACTIVE") return true;
      if (found?.status === "CREATING") return undefined;
      throw new Error(`${what}: unexpected state '${found?.status ?? "gone"}', wanted target 'ACTIVE'`);
    });
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return found === undefined ? undefined : propertiesOf(found, aws);
  },
  async update(_id, state, inputs, aws) {
    await updateEksTags(aws, state, inputs);
    return undefined;
  },
  async delete(id, _state, aws) {
    const [clusterName, fargateProfileName] = twoParts(id, "cluster-name:fargate-profile-name");
    await oneAtATime(`deleting EKS Fargate Profile (${id})`, aws, () =>
      unlessGone(GONE, () =>
        aws.eks.send(new DeleteFargateProfileCommand({ clusterName, fargateProfileName })),
      ),
    );
    await waitFor(`waiting for EKS Fargate Profile (${id}) delete`, aws.act, TIMEOUT_MS, async () =>
      (await find(id, aws)) === undefined ? true : undefined,
    );
  },
};

/** EKS changes one profile of a cluster at a time; the others wait, as Terraform's do. */
async function oneAtATime(what: string, aws: Aws, act: () => Promise<unknown>): Promise<void> {
  await waitFor(what, aws.act, TIMEOUT_MS, async () => {
    try {
      await act();
      return true;
    } catch (error) {
      const busy = error instanceof Error && /currently has Fargate profile .* in status/.test(error.message);
      if (codeOf(error) === "ResourceInUseException" && busy) return undefined;
      return says(what, () => Promise.reject(error as Error));
    }
  });
}

async function find(id: string, aws: Aws): Promise<FargateProfile | undefined> {
  const [clusterName, fargateProfileName] = twoParts(id, "cluster-name:fargate-profile-name");
  const answer = await says(`reading EKS Fargate Profile (${id})`, () =>
    unlessGone(GONE, () =>
      aws.eks.send(new DescribeFargateProfileCommand({ clusterName, fargateProfileName })),
    ),
  );
  return answer?.fargateProfile;
}

function selectorsOf(inputs: Properties) {
  const selectors = inputs["selectors"];
  return (Array.isArray(selectors) ? selectors.filter(isObject) : []).map((selector) => ({
    namespace: text(selector, "namespace"),
    ...(selector["labels"] === undefined ? {} : { labels: { ...tagsIn(selector["labels"]) } }),
  }));
}

function propertiesOf(found: FargateProfile, aws: Aws): Properties {
  return defined({
    arn: found.fargateProfileArn,
    clusterName: found.clusterName,
    fargateProfileName: found.fargateProfileName,
    podExecutionRoleArn: found.podExecutionRoleArn,
    selectors: (found.selectors ?? []).map(({ labels, namespace }) => defined({ labels, namespace })),
    status: found.status,
    subnetIds: found.subnets ?? [],
    ...tagsState(found.tags ?? {}, aws),
  });
}
