import type { WayBack } from "../../planning/rotation/observation";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { poolSources, type PoolSource } from "./pools";

/** Where a rotation takes pods. */
export interface RotationGoal {
  /** What is to be left, where pods go back to the subnets of nodes; none where they go to the pod subnets. */
  readonly wayBack?: WayBack | undefined;
  /** The groups whose workers take the pods. */
  readonly sources: readonly PoolSource[];
}

/** The goal of a pod network: pods in its subnets, on the workers that its stack made. */
export function intoPodSubnets(outputs: PodNetworkOutputs): RotationGoal {
  return { sources: poolSources(outputs) };
}
