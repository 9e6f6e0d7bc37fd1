import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { readBySchema } from "../planning/schemaProblems";
import { askedOfStack } from "./pulumiOperation";

const name = z.string().min(1).describe("a name");

const podNetwork = z.object({
  clusterName: name,
  region: name,
  vpcId: name,
  podCidrs: z.array(name),
  podSubnets: z.array(
    z.object({ availabilityZone: name, subnetId: name, cidrBlock: name, group: name.optional() }),
  ),
  eniConfigs: z.array(name),
  cni: z.object({ mode: z.enum(["addOn", "daemonSet"]) }),
  workerGroups: z.array(
    z.object({
      name,
      kind: z.enum(["managed", "autoScaling"]),
      nodeGroupName: name,
      availabilityZone: name,
      replaces: z.array(name),
      maxSize: z.int().min(1),
    }),
  ),
});

/** What a stack puts out, of which one output is the pod network. */
const schema = z.object({ podNetwork });

/** What a stack says of the pod network that it made, in its output `podNetwork`. */
export interface PodNetworkOutputs {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  readonly podCidrs: readonly string[];
  readonly podSubnets: readonly {
    readonly availabilityZone: string;
    readonly subnetId: string;
    readonly cidrBlock: string;
    /** Of named groups of nodes; left out where it is the zone's own. */
    readonly group?: string | undefined;
  }[];
  /** Names of the ENIConfigs. */
  readonly eniConfigs: readonly string[];
  /** How aws-node is installed. */
  readonly cni: { readonly mode: "addOn" | "daemonSet" };
  readonly workerGroups: readonly {
    /** Of the worker group, which has a group in each zone. */
    readonly name: string;
    /** Whether it is a managed node group or an Auto Scaling group. */
    readonly kind: "managed" | "autoScaling";
    readonly nodeGroupName: string;
    readonly availabilityZone: string;
    /** The groups that the worker group takes the place of. */
    readonly replaces: readonly string[];
    /** Nodes at the most in this zone. */
    readonly maxSize: number;
  }[];
}

/** A stack has no outputs of a pod network: it was never brought up, or its program is another one. */
export class MissingOutputsError extends Error {
  override readonly name = "MissingOutputsError";
  readonly fix: string;

  constructor(stack: string, problems: string) {
    super(`stack ${stack} has no output podNetwork that can be read: ${problems}`);
    this.fix = "Bring it up first, with podnet up and the name of its environment.";
  }
}

/**
 * The outputs of a stack.
 *
 * @throws MissingOutputsError when the stack has not been brought up; PulumiError when pulumi can't say them.
 */
export async function podNetworkOutputs(stack: Stack): Promise<PodNetworkOutputs> {
  return readOutputs(stack.name, await stackOutputs(stack));
}

/** What a stack says of itself, unread; nothing where it was never brought up. @throws PulumiError */
export async function stackOutputs(stack: Stack): Promise<OutputMap> {
  return askedOfStack(`reading the outputs of stack ${stack.name}`, () => stack.outputs());
}

/** The pod subnets that a stack has made; none where it was never brought up. */
export async function podSubnetsOf(stack: Stack): Promise<PodNetworkOutputs["podSubnets"]> {
  try {
    return (await podNetworkOutputs(stack)).podSubnets;
  } catch (error) {
    if (error instanceof MissingOutputsError) return [];
    throw error;
  }
}

/** Outputs as `pulumi stack output` has them, checked. @throws MissingOutputsError */
export function readOutputs(stack: string, outputs: OutputMap): PodNetworkOutputs {
  if (Object.keys(outputs).length === 0)
    throw new MissingOutputsError(stack, "it was never brought up, or is taken back");
  const values = Object.fromEntries(
    Object.entries(outputs).map(([key, { value }]): [string, unknown] => [key, value]),
  );
  const reading = readBySchema(schema, values);
  if ("value" in reading) return reading.value.podNetwork;
  throw new MissingOutputsError(
    stack,
    reading.problems.map(({ path, reason }) => `${path} ${reason.replace(/\.$/, "")}`).join("; "),
  );
}
