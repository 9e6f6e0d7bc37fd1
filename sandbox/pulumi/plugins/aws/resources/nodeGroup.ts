import { randomUUID } from "node:crypto";
import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  type Nodegroup,
} from "@aws-sdk/client-eks";
import { waitFor } from "../../protocol/waitFor";
import { defined, type Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { optionalText, text, twoParts, type ResourceKind } from "../resourceKind";
import { tagsIn, tagsState, updateEksTags } from "../tags";
import { issuesOf } from "./eksUpdate";
import { nodeGroupSchema } from "./nodeGroupSchema";
import { launchTemplateOf, scalingOf, taintsOf, taintsState, updateConfigOf } from "./nodeGroupShapes";
import { updateNodeGroupConfig, updateNodeGroupVersion } from "./nodeGroupUpdate";
import { nameOrPrefixed, prefixOf } from "./prefixedName";

const TIMEOUT_MS = 60 * 60_000;
const GONE = ["ResourceNotFoundException"];

export const nodeGroup: ResourceKind = {
  type: "aws:eks/nodeGroup:NodeGroup",
  schema: nodeGroupSchema,
  autoNamed: "nodeGroupName",
  async create(inputs, aws) {
    const clusterName = text(inputs, "clusterName");
    const nodegroupName = nameOrPrefixed(inputs, "nodeGroupName");
    const id = `${clusterName}:${nodegroupName}`;
    const amiType = optionalText(inputs, "amiType");
    const capacityType = optionalText(inputs, "capacityType");
    const launchTemplate = launchTemplateOf(inputs);
    const updateConfig = updateConfigOf(inputs);
    const tags = tagsIn(inputs["tagsAll"]);
    const command = new CreateNodegroupCommand({
      clusterName,
      nodegroupName,
      clientRequestToken: randomUUID(),
      nodeRole: text(inputs, "nodeRoleArn"),
      subnets: inputs["subnetIds"] as string[],
      scalingConfig: scalingOf(inputs),
      ...(amiType === undefined ? {} : { amiType: amiType as never }),
      ...(capacityType === undefined ? {} : { capacityType: capacityType as never }),
      ...(typeof inputs["diskSize"] === "number" ? { diskSize: inputs["diskSize"] } : {}),
      ...(Array.isArray(inputs["instanceTypes"])
        ? { instanceTypes: inputs["instanceTypes"] as string[] }
        : {}),
      ...(inputs["labels"] === undefined ? {} : { labels: tagsIn(inputs["labels"]) }),
      ...(launchTemplate === undefined ? {} : { launchTemplate }),
      ...(typeof inputs["releaseVersion"] === "string" ? { releaseVersion: inputs["releaseVersion"] } : {}),
      ...(taintsOf(inputs).length === 0 ? {} : { taints: taintsOf(inputs) }),
      ...(updateConfig === undefined ? {} : { updateConfig }),
      ...(typeof inputs["version"] === "string" ? { version: inputs["version"] } : {}),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    });
    await says(`creating EKS Node Group (${id})`, () => aws.eks.send(command));
    return id;
  },
  async settle(id, _inputs, aws) {
    const what = `waiting for EKS Node Group (${id}) create`;
    await waitFor(what, aws.act, TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      if (found?.status === "ACTIVE") return true;
      if (found?.status === "CREATING") return undefined;
      throw new Error(
        `${what}: unexpected state '${found?.status ?? "gone"}', wanted target 'ACTIVE'. ` +
          `last error: ${issuesOf(found?.health)}`,
      );
    });
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return found === undefined ? undefined : propertiesOf(found, aws);
  },
  async update(id, state, inputs, aws) {
    await updateEksTags(aws, state, inputs);
    // Versions first, as Terraform has it: what is new then starts with the new settings.
    await updateNodeGroupVersion(id, state, inputs, aws);
    await updateNodeGroupConfig(id, state, inputs, aws);
    return undefined;
  },
  async delete(id, _state, aws) {
    const [clusterName, nodegroupName] = twoParts(id, "cluster-name:node-group-name");
    await says(`deleting EKS Node Group (${id})`, () =>
      unlessGone(GONE, () => aws.eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName }))),
    );
    const what = `waiting for EKS Node Group (${id}) delete`;
    await waitFor(what, aws.act, TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      if (found?.status === "DELETE_FAILED") throw new Error(`${what}: ${issuesOf(found.health)}`);
      return found === undefined ? true : undefined;
    });
  },
};

/** The node group with an ID such as `small:workers`; undefined when there is none. */
async function find(id: string, aws: Aws): Promise<Nodegroup | undefined> {
  const [clusterName, nodegroupName] = twoParts(id, "cluster-name:node-group-name");
  const answer = await says(`reading EKS Node Group (${id})`, () =>
    unlessGone(GONE, () => aws.eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }))),
  );
  return answer?.nodegroup;
}

function propertiesOf(found: Nodegroup, aws: Aws): Properties {
  const { launchTemplate, scalingConfig, updateConfig } = found;
  const groups = found.resources?.autoScalingGroups ?? [];
  return defined({
    amiType: found.amiType,
    arn: found.nodegroupArn,
    capacityType: found.capacityType,
    clusterName: found.clusterName,
    diskSize: found.diskSize,
    instanceTypes: found.instanceTypes,
    labels: found.labels ?? {},
    launchTemplate:
      launchTemplate === undefined
        ? undefined
        : defined({ id: launchTemplate.id, name: launchTemplate.name, version: launchTemplate.version }),
    nodeGroupName: found.nodegroupName,
    nodeGroupNamePrefix: prefixOf(found.nodegroupName),
    nodeRoleArn: found.nodeRole,
    releaseVersion: found.releaseVersion,
    resources: [
      {
        autoscalingGroups: groups.map(({ name = "" }) => ({ name })),
        remoteAccessSecurityGroupId: found.resources?.remoteAccessSecurityGroup ?? "",
      },
    ],
    scalingConfig:
      scalingConfig === undefined
        ? undefined
        : defined({
            desiredSize: scalingConfig.desiredSize,
            maxSize: scalingConfig.maxSize,
            minSize: scalingConfig.minSize,
          }),
    status: found.status,
    subnetIds: found.subnets,
    taints: taintsState(found.taints),
    updateConfig:
      updateConfig === undefined
        ? undefined
        : defined({
            maxUnavailable: updateConfig.maxUnavailable,
            maxUnavailablePercentage: updateConfig.maxUnavailablePercentage,
          }),
    version: found.version,
    ...tagsState(found.tags ?? {}, aws),
  });
}
