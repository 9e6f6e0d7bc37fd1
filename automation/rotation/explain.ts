import { isRollbackUnfinished } from "../../planning/rollback/unfinishedRollback";
import { explain, type Explanation } from "../../planning/rotation/explanation";
import { connectKubernetes, isStatus } from "../kubernetes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { readEniConfigs } from "../preflight/readEniConfigs";
import { intoPodSubnets } from "./goal";
import { lookAhead, type LookAhead } from "./lookAhead";
import { marksOf } from "./nodeMarks";
import { observer, type Observed } from "./observe";
import type { ObserverOutside, Tools } from "./outside";
import { readRecord } from "./record";
import { rotationOptions, type GivenRotationOptions, type RotationOptions } from "./rotationOptions";
import { subnetRooms } from "./subnetRooms";

/** A cluster as it is explained: by where its pods are taken at this moment. */
type Seen = Pick<LookAhead, "observed" | "pools" | "homeless">;

/** Looks at a cluster as the rollback does that is unfinished there. */
type LookBack = (tools: Tools) => Promise<Seen>;

/**
 * Explains nodes and pods by their names: what a rotation with these options would do with each, and why. Changes nothing.
 * While a rollback is unfinished, it is the way back that is explained, as far as it is known without the stack: not which
 * groups go with the pod network, nor which take the pods.
 *
 * Needs what `previewRotation` needs.
 *
 * @throws whatever the outside throws; the signal's reason when it is aborted.
 */
export async function explainRotation(
  outputs: PodNetworkOutputs,
  given: GivenRotationOptions,
  names: readonly string[],
  outside: ObserverOutside,
): Promise<Explanation[]> {
  return explainCluster(outputs, given, names, outside);
}

/**
 * The same, with all of an unfinished rollback.
 *
 * @param lookBack is asked only while a rollback is unfinished. @default as it looks without the stack
 * @throws as `explainRotation` does, and what that throws.
 */
export async function explainCluster(
  outputs: PodNetworkOutputs,
  given: GivenRotationOptions,
  names: readonly string[],
  outside: ObserverOutside,
  lookBack?: LookBack,
): Promise<Explanation[]> {
  const options = rotationOptions(given);
  const tools = { ...outside, kubernetes: connectKubernetes(outside.kubeConfig, outside) };
  const now = await observer(tools, outputs.podSubnets)();
  const { observed, pools, homeless } = await lookWhereTo(tools, outputs, now, options, lookBack);
  const found = await readEniConfigs(tools.kubernetes).catch((error: unknown) => {
    if (isStatus(error, 404)) return [];
    throw error;
  });
  const ids = found.map(({ subnetId }) => subnetId).filter((id) => id !== "");
  const rooms = await subnetRooms(tools, ids);
  const eniConfigs = found.map(({ name, subnetId }) => ({ name, subnet: rooms.get(subnetId) }));
  const drains = new Map(
    observed.nodes.flatMap(({ name, annotations }) => {
      const marks = marksOf(annotations);
      if (marks === undefined) return [];
      const { runId, drainBegan, wasCordoned } = marks;
      return [[name, { runId, drainBegan, wasCordoned }] as const];
    }),
  );
  const seen = { observation: observed, pools, keys: observed.awsNode, eniConfigs, homeless, drains };
  return names.map((name) => explain(name, seen, options));
}

/** Looks at a cluster by where its pods are taken: back while a rollback is unfinished, else into the pod subnets. */
export async function lookWhereTo(
  tools: Tools,
  outputs: PodNetworkOutputs,
  observed: Observed,
  options: RotationOptions,
  lookBack: LookBack = () => {
    const target = { ...observed.target, wayBack: { leavingGroups: [] } };
    return Promise.resolve({ observed: { ...observed, target }, pools: [], homeless: new Map() });
  },
): Promise<Seen> {
  return isRollbackUnfinished(await readRecord(tools.kubernetes), observed.awsNode)
    ? lookBack(tools)
    : lookAhead(tools, outputs, intoPodSubnets(outputs), observed, options);
}
