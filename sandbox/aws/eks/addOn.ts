import { randomUUID } from "node:crypto";
import * as z from "zod";
import { VPC_CNI_DEFAULT_VERSION, VPC_CNI_VERSIONS } from "./addOnVersions";
import { readVpcCniValues } from "./configurationValues";
import { inUse, invalidParameter, notInSandbox } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { AddOn, Cluster } from "./eksState";
import { tagsSchema } from "./input";
import { podIdentitySchema, readPodIdentities } from "./podIdentity";

/** What CreateAddon takes here. */
export const createAddOnSchema = z.strictObject({
  addonName: z.string(),
  addonVersion: z.string().optional(),
  configurationValues: z.string().optional(),
  resolveConflicts: z.enum(["NONE", "OVERWRITE", "PRESERVE"]).optional(),
  serviceAccountRoleArn: z.string().optional(),
  podIdentityAssociations: podIdentitySchema.optional(),
  clientRequestToken: z.string().optional(),
  tags: tagsSchema.optional(),
});

/** What UpdateAddon takes here. */
export const updateAddOnSchema = createAddOnSchema.omit({ addonName: true, tags: true });

/** How fields that others own are treated. */
export type ResolveConflicts = NonNullable<z.infer<typeof createAddOnSchema>["resolveConflicts"]>;

/** What an add-on is to become. */
export interface AddOnTarget {
  readonly version: string;
  readonly configurationValues: string | undefined;
  readonly serviceAccountRoleArn: string | undefined;
}

/** Reads what CreateAddon asks for. @throws AwsError for what EKS refuses. */
export function readAddOn(
  cluster: Cluster,
  input: z.infer<typeof createAddOnSchema>,
  outside: EksOutside,
): AddOn {
  const { addonName } = input;
  const members = { clusterName: cluster.name, addonName };
  if (addonName !== "vpc-cni") throw notInSandbox(`The add-on ${addonName}`);
  if (cluster.addOns.has(addonName)) throw inUse("Addon already exists.", members);
  const target = readTarget(input, members);
  const now = outside.clock.now();
  return {
    name: addonName,
    arn: `arn:aws:eks:${outside.region}:${outside.accountId}:addon/${cluster.name}/${addonName}/${randomUUID()}`,
    clusterName: cluster.name,
    createdAt: now,
    modifiedAt: now,
    ...target,
    podIdentityAssociations: readPodIdentities(
      cluster,
      undefined,
      input.podIdentityAssociations ?? [],
      outside,
    ),
    preserves: false,
    status: "CREATING",
    issues: [],
    tags: input.tags ?? {},
    updates: new Map(),
  };
}

/**
 * Reads what UpdateAddon asks for. Configuration values that are given replace the ones that were, whole; what isn't
 * given stays.
 *
 * @throws AwsError for what EKS refuses.
 */
export function readAddOnUpdate(addOn: AddOn, input: z.infer<typeof updateAddOnSchema>): AddOnTarget {
  const members = { clusterName: addOn.clusterName, addonName: addOn.name };
  if (["CREATING", "UPDATING", "DELETING"].includes(addOn.status)) {
    throw inUse(`Addon vpc-cni is ${addOn.status} and can't be updated now.`, members);
  }
  return readTarget(
    {
      addonVersion: input.addonVersion ?? addOn.version,
      configurationValues: input.configurationValues ?? addOn.configurationValues,
      serviceAccountRoleArn: input.serviceAccountRoleArn ?? addOn.serviceAccountRoleArn,
    },
    members,
  );
}

function readTarget(
  input: Pick<
    z.infer<typeof createAddOnSchema>,
    "addonVersion" | "configurationValues" | "serviceAccountRoleArn"
  >,
  members: Readonly<Record<string, unknown>>,
): AddOnTarget {
  const version = input.addonVersion ?? VPC_CNI_DEFAULT_VERSION;
  if (!VPC_CNI_VERSIONS.some((known) => known === version)) {
    throw invalidParameter("Addon version specified is not supported", members);
  }
  readVpcCniValues(input.configurationValues, members);
  return {
    version,
    configurationValues: input.configurationValues,
    serviceAccountRoleArn: input.serviceAccountRoleArn,
  };
}

/** As DescribeAddon shows it. */
export function describeAddOn(addOn: AddOn) {
  return {
    addonName: addOn.name,
    clusterName: addOn.clusterName,
    status: addOn.status,
    addonVersion: addOn.version,
    health: { issues: addOn.issues },
    addonArn: addOn.arn,
    createdAt: addOn.createdAt / 1000,
    modifiedAt: addOn.modifiedAt / 1000,
    serviceAccountRoleArn: addOn.serviceAccountRoleArn,
    podIdentityAssociations: addOn.podIdentityAssociations.map(({ arn }) => arn),
    tags: addOn.tags,
    configurationValues: addOn.configurationValues,
  };
}
