import { z } from "zod";
import { isLabelForKubelet, isLabelKey, isLabelValue } from "../kubernetesNames";
import { readBySchema } from "../schemaProblems";
import { throwIfAny } from "../problem";
import { TAINT_EFFECTS } from "../userData/nodeSettings";

const wholeNumber = (what: string, from: number, to: number) =>
  z.int().min(from).max(to).describe(`${what}: a whole number from ${from} to ${to}`);

/** EKS takes group names of up to 63 characters; the zone is appended, the longest of which has 17 (Local Zones: 16). */
const GROUP_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,44}$/;

const taint = z.strictObject({
  key: z
    .string()
    .refine(isLabelKey, { error: "it is not the key of a taint" })
    .describe("the key of a taint, such as dedicated"),
  value: z
    .string()
    .refine(isLabelValue, { error: "it is not the value of a taint" })
    .describe("the value of a taint: up to 63 letters, digits, - _ and .")
    .optional(),
  effect: z.enum(TAINT_EFFECTS).describe(`one of ${TAINT_EFFECTS.join(", ")}`),
});

const workerGroup = z
  .strictObject({
    name: z
      .string()
      .regex(GROUP_NAME)
      .describe("a name of up to 45 letters, digits, - and _; each group is called that and its zone"),
    replaces: z
      .array(z.string().min(1).describe("the name of a managed node group"))
      .min(1)
      .describe("the managed node groups whose nodes these take the place of: at least one name"),
    instanceTypes: z
      .array(z.string().min(1).describe("an EC2 instance type, such as m5.large"))
      .min(1)
      .describe("EC2 instance types, such as m5.large: at least one"),
    nodeRoleArn: z
      .string()
      .regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/)
      .describe("the ARN of the nodes' role, such as arn:aws:iam::123456789012:role/nodes"),
    minSize: wholeNumber("nodes at the least in each zone, 0 when left out", 0, 450).optional(),
    maxSize: wholeNumber("nodes at the most in each zone", 1, 450),
    labels: z
      .record(
        z.string().refine((key) => isLabelKey(key) && isLabelForKubelet(key), {
          error: "kubelet refuses this label",
        }),
        z.string().refine(isLabelValue, { error: "it is not the value of a label" }),
      )
      .describe("labels of the nodes, keys and values as Kubernetes and kubelet take them")
      .optional(),
    taints: z.array(taint).describe("taints of the nodes: a list of key, value and effect").optional(),
    amiType: z
      .string()
      .regex(/^AL2023_[A-Z0-9_]+$/)
      .describe("an Amazon Linux 2023 image type, AL2023_x86_64_STANDARD when left out")
      .optional(),
  })
  .refine(({ minSize = 0, maxSize }) => minSize <= maxSize, {
    path: ["minSize"],
    error: "it is more than maxSize",
  });

const podNetworkSchema = z.strictObject({
  podCidrs: z
    .array(z.string().describe("an IPv4 block, such as 100.64.0.0/16"))
    .min(1)
    .describe("the blocks for pods, such as 100.64.0.0/16: at least one"),
  subnetPrefixLength: wholeNumber("the size of a pod subnet as a prefix length", 16, 28).optional(),
  workerGroups: z.array(workerGroup).describe("the new worker groups: a list").optional(),
});

/** What is wanted of a pod network. */
export interface PodNetworkRequest {
  /** The blocks for pods, in the order in which they are used up. */
  readonly podCidrs: readonly string[];
  /** Size of a pod subnet. @default 19, which is 8,187 usable addresses */
  readonly subnetPrefixLength?: number;
  /** @default none */
  readonly workerGroups?: readonly WorkerGroupRequest[];
}

/** A group of new workers, as far as planning looks at it. */
export interface WorkerGroupRequest {
  readonly name: string;
  /** Names of the managed node groups that it takes the place of. */
  readonly replaces: readonly string[];
  readonly instanceTypes: readonly string[];
}

/**
 * Checks the form of a request, which may come from a file that nobody checked.
 *
 * @throws InvalidInputError with everything that is wrong with it.
 */
export function checkRequestForm(request: unknown): void {
  const reading = readBySchema(podNetworkSchema, request);
  if ("problems" in reading) throwIfAny(reading.problems);
}
