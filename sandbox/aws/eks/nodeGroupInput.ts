import * as z from "zod";
import { invalidParameter } from "./eksError";
import { AMI_TYPES } from "./amiTypes";
import { tagsSchema } from "./input";

const scalingConfigSchema = z.strictObject({
  minSize: z.int().min(0).optional(),
  maxSize: z.int().min(1).optional(),
  desiredSize: z.int().min(0).optional(),
});

const taintSchema = z.strictObject({
  key: z.string().min(1).max(63),
  value: z.string().max(63).optional(),
  effect: z.enum(["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]),
});

const updateConfigSchema = z
  .strictObject({
    maxUnavailable: z.int().min(1).max(100).optional(),
    maxUnavailablePercentage: z.int().min(1).max(100).optional(),
    updateStrategy: z.enum(["DEFAULT", "MINIMAL"]).optional(),
  })
  .refine(
    ({ maxUnavailable, maxUnavailablePercentage }) =>
      (maxUnavailable === undefined) !== (maxUnavailablePercentage === undefined),
    "needs either maxUnavailable or maxUnavailablePercentage, and not both",
  );

const launchTemplateSchema = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  version: z.string().optional(),
});

/** What CreateNodegroup takes here. */
export const createNodeGroupSchema = z.strictObject({
  nodegroupName: z.string().regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/, "is not a valid node group name"),
  nodeRole: z.string(),
  subnets: z.array(z.string()).min(1),
  scalingConfig: scalingConfigSchema.optional(),
  instanceTypes: z.array(z.string()).optional(),
  amiType: z.enum(AMI_TYPES).optional(),
  capacityType: z.enum(["ON_DEMAND", "SPOT"]).optional(),
  diskSize: z.int().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  taints: z.array(taintSchema).optional(),
  tags: tagsSchema.optional(),
  updateConfig: updateConfigSchema.optional(),
  launchTemplate: launchTemplateSchema.optional(),
  version: z.string().optional(),
  releaseVersion: z.string().optional(),
  clientRequestToken: z.string().optional(),
});

/** What UpdateNodegroupConfig takes here. */
export const updateNodeGroupSchema = z.strictObject({
  scalingConfig: scalingConfigSchema.optional(),
  labels: z
    .strictObject({
      addOrUpdateLabels: z.record(z.string(), z.string()).optional(),
      removeLabels: z.array(z.string()).optional(),
    })
    .optional(),
  taints: z
    .strictObject({
      addOrUpdateTaints: z.array(taintSchema).optional(),
      removeTaints: z.array(taintSchema).optional(),
    })
    .optional(),
  updateConfig: updateConfigSchema.optional(),
  clientRequestToken: z.string().optional(),
});

/** What UpdateNodegroupVersion takes here. */
export const updateNodeGroupVersionSchema = z.strictObject({
  version: z.string().optional(),
  releaseVersion: z.string().optional(),
  launchTemplate: launchTemplateSchema.optional(),
  /** Whether what budgets hold back is deleted in the end. */
  force: z.boolean().optional(),
  clientRequestToken: z.string().optional(),
});

/** Input of CreateNodegroup. */
export type CreateNodeGroupInput = z.infer<typeof createNodeGroupSchema>;
/** Input of UpdateNodegroupConfig. */
export type UpdateNodeGroupInput = z.infer<typeof updateNodeGroupSchema>;
/** Input of UpdateNodegroupVersion. */
export type UpdateNodeGroupVersionInput = z.infer<typeof updateNodeGroupVersionSchema>;

/** The sizes of a node group. */
export interface NodeGroupSizes {
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredSize: number;
}

/** The sizes that a call gives, in the place of those that were. @throws AwsError where they contradict each other. */
export function readNodeGroupSizes(
  input: {
    minSize?: number | undefined;
    maxSize?: number | undefined;
    desiredSize?: number | undefined;
  } = {},
  before: NodeGroupSizes = { minSize: 1, maxSize: 2, desiredSize: 2 },
): NodeGroupSizes {
  const minSize = input.minSize ?? before.minSize;
  const maxSize = input.maxSize ?? before.maxSize;
  const desiredSize = input.desiredSize ?? before.desiredSize;
  if (minSize > maxSize) {
    throw invalidParameter(`Minimum capacity ${minSize} can't be greater than maximum size ${maxSize}`);
  }
  if (desiredSize < minSize) {
    throw invalidParameter(`Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`);
  }
  if (desiredSize > maxSize) {
    throw invalidParameter(`Desired capacity ${desiredSize} can't be greater than max size ${maxSize}`);
  }
  return { minSize, maxSize, desiredSize };
}
