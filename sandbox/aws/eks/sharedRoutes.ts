import * as z from "zod";
import { AwsError } from "../protocol/awsError";
import type { EksCall, EksContext, EksRoute } from "./eksContext";
import { notFound } from "./eksError";
import { pageOf, readInput, tagsSchema } from "./input";
import { associationsOf } from "./podIdentity";
import { describeUpdate, type EksUpdate } from "./update";

/** Updates and tags, which clusters, node groups and add-ons have alike. */
export function sharedRoutes(context: EksContext): readonly EksRoute[] {
  const { clusters, clusterOf, nodeGroupOf, addOnOf } = context;
  const updatesOf = (call: EksCall): ReadonlyMap<string, EksUpdate> => {
    const addOnName = call.request.query.get("addonName");
    const nodeGroupName = call.request.query.get("nodegroupName");
    if (addOnName !== null) return addOnOf(call, addOnName).updates;
    if (nodeGroupName !== null) return nodeGroupOf(call, nodeGroupName).updates;
    return clusterOf(call).updates;
  };
  const tagged = (arn: string): { tags: Readonly<Record<string, string>> } => {
    for (const cluster of clusters.values()) {
      const resources = [
        cluster,
        ...cluster.nodeGroups.values(),
        ...cluster.addOns.values(),
        ...cluster.fargateProfiles.values(),
        ...associationsOf(cluster).map(({ one }) => one),
      ];
      const found = resources.find((one) => one.arn === arn);
      if (found !== undefined) return found;
    }
    throw new AwsError("NotFoundException", `No resource found for the ARN ${arn}`, 404);
  };
  return [
    [
      "GET",
      /^\/clusters\/([^/]+)\/updates\/([^/]+)$/,
      (call) => {
        const id = call.names[1] ?? "";
        const update = updatesOf(call).get(id);
        if (update === undefined) throw notFound(`No update found for ID: ${id}`);
        return { update: describeUpdate(update) };
      },
    ],
    [
      "GET",
      /^\/clusters\/([^/]+)\/updates$/,
      (call) => {
        const { page, nextToken } = pageOf(call.request, [...updatesOf(call).keys()]);
        return { updateIds: page, nextToken };
      },
    ],
    ["GET", /^\/tags\/(.+)$/, ({ names: [arn = ""] }) => ({ tags: tagged(arn).tags })],
    [
      "POST",
      /^\/tags\/(.+)$/,
      ({ request, names: [arn = ""] }) => {
        const target = tagged(arn);
        const { tags } = readInput(request, z.strictObject({ tags: tagsSchema }));
        target.tags = { ...target.tags, ...tags };
        return {};
      },
    ],
    [
      "DELETE",
      /^\/tags\/(.+)$/,
      ({ request, names: [arn = ""] }) => {
        const target = tagged(arn);
        const keys = request.query.getAll("tagKeys");
        target.tags = Object.fromEntries(Object.entries(target.tags).filter(([key]) => !keys.includes(key)));
        return {};
      },
    ],
  ];
}
