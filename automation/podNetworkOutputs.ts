import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { z } from "zod";
import { readBySchema } from "../planning/schemaProblems";

const name = z.string().min(1).describe("a name");

const schema = z.object({
  clusterName: name,
  region: name,
  vpcId: name,
  podCidrs: z.array(name),
  podSubnets: z.array(z.object({ availabilityZone: name, subnetId: name, cidrBlock: name })),
  eniConfigs: z.array(name),
  workerGroups: z.array(
    z.object({
      name,
      nodeGroupName: name,
      availabilityZone: name,
      replaces: z.array(name),
      maxSize: z.int().min(1),
    }),
  ),
});

/** What a stack says of the pod network that it made. */
export interface PodNetworkOutputs {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  readonly podCidrs: readonly string[];
  readonly podSubnets: readonly {
    readonly availabilityZone: string;
    readonly subnetId: string;
    readonly cidrBlock: string;
  }[];
  /** Names of the ENIConfigs. */
  readonly eniConfigs: readonly string[];
  readonly workerGroups: readonly {
    /** Of the worker group, which has a managed node group in each zone. */
    readonly name: string;
    readonly nodeGroupName: string;
    readonly availabilityZone: string;
    /** The managed node groups that the worker group takes the place of. */
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
    super(`stack ${stack} has not the outputs of a pod network: ${problems}`);
    this.fix = "Bring it up first, with podnet up and the name of its environment.";
  }
}

/**
 * The outputs of a stack.
 *
 * @throws MissingOutputsError when the stack has not been brought up.
 */
export async function podNetworkOutputs(stack: Stack): Promise<PodNetworkOutputs> {
  return readOutputs(stack.name, await stack.outputs());
}

/** Outputs as `pulumi stack output` has them, checked. @throws MissingOutputsError */
export function readOutputs(stack: string, outputs: OutputMap): PodNetworkOutputs {
  if (Object.keys(outputs).length === 0) throw new MissingOutputsError(stack, "it was never brought up");
  const values = Object.fromEntries(
    Object.entries(outputs).map(([key, { value }]): [string, unknown] => [key, value]),
  );
  const reading = readBySchema(schema, values);
  if ("value" in reading) return reading.value;
  throw new MissingOutputsError(
    stack,
    reading.problems.map(({ path, reason }) => `${path} ${reason.replace(/\.$/, "")}`).join("; "),
  );
}
