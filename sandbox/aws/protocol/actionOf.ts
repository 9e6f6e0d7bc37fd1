import type { AwsRequest } from "./awsRequest";
import { readQueryForm } from "./queryForm";

/**
 * The name of the action that a call asks for, as IAM policies spell it: `DescribeSubnets`.
 *
 * The query protocols say it in their form, the JSON protocols in a header, EKS by method and path. A call of EKS that is
 * not known here is named by these.
 */
export function actionOf(request: AwsRequest): string {
  if (request.service === "eks") return eksActionOf(request);
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1) ?? "";
  return readQueryForm(request.body).get("Action") ?? request.query.get("Action") ?? "";
}

type ByMethod = Readonly<Record<string, string>>;

/** Below /clusters/NAME: what a collection and one of its members answer to. */
function collection(name: string, one: string, many: string): [string, ByMethod][] {
  return [
    [name, { GET: `List${many}`, POST: `Create${one}` }],
    [`${name}/[^/]+`, { GET: `Describe${one}`, POST: `Update${one}`, DELETE: `Delete${one}` }],
  ];
}

/** Source: the URIs of the Amazon EKS API reference. */
const EKS_ACTIONS: readonly (readonly [RegExp, ByMethod])[] = [
  ["/clusters", { GET: "ListClusters", POST: "CreateCluster" }] as const,
  ["/clusters/[^/]+", { GET: "DescribeCluster", DELETE: "DeleteCluster" }] as const,
  ["/addons/supported-versions", { GET: "DescribeAddonVersions" }] as const,
  ["/addons/configuration-schemas", { GET: "DescribeAddonConfiguration" }] as const,
  ["/tags/.+", { GET: "ListTagsForResource", POST: "TagResource", DELETE: "UntagResource" }] as const,
  ...(
    [
      ...collection("node-groups", "Nodegroup", "Nodegroups"),
      ["node-groups/[^/]+/update-config", { POST: "UpdateNodegroupConfig" }],
      ["node-groups/[^/]+/update-version", { POST: "UpdateNodegroupVersion" }],
      ...collection("addons", "Addon", "Addons"),
      ["addons/[^/]+/update", { POST: "UpdateAddon" }],
      ...collection("fargate-profiles", "FargateProfile", "FargateProfiles"),
      ...collection("pod-identity-associations", "PodIdentityAssociation", "PodIdentityAssociations"),
      ["updates", { GET: "ListUpdates", POST: "UpdateClusterVersion" }],
      ["updates/[^/]+", { GET: "DescribeUpdate" }],
      ["update-config", { POST: "UpdateClusterConfig" }],
    ] as const
  ).map(([path, actions]) => [`/clusters/[^/]+/${path}`, actions] as const),
].map(([path, actions]) => [new RegExp(`^${path}$`), actions]);

function eksActionOf({ method, path }: AwsRequest): string {
  const found = EKS_ACTIONS.find(([pattern]) => pattern.test(path));
  return found?.[1][method] ?? `${method} ${path}`;
}
