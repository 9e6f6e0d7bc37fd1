import type { InstanceType } from "../instanceType";
import { groupMaxPods, maxPods } from "../maxPods";
import type { ClusterNode, PodNetworkTarget, Room } from "./observation";

/**
 * What one worker of a pool offers to pods.
 *
 * A node of the pool tells it best. Before the first one has joined it is computed: max pods as EKS gives them to a
 * managed group of these types, CPU without what kubelet reserves, and the memory of any node of the type; where no
 * node of the type is there, memory is taken as unlimited until one is.
 *
 * @param joined nodes of the pool, or of its group in another zone.
 * @param types the instance types of the pool.
 * @param others all nodes of the cluster.
 * @returns room for no pod at all where custom networking leaves a type no address for pods.
 */
export function workerShape(
  joined: readonly ClusterNode[],
  types: readonly InstanceType[],
  others: readonly ClusterNode[],
  target: PodNetworkTarget,
): Room {
  const [first] = joined.filter(({ isReady }) => isReady);
  if (first !== undefined) return first.allocatable;
  const { prefixDelegation, maxEni } = target;
  const customNetworking = target.wayBack === undefined;
  const memories = types.map(({ instanceType }) =>
    Math.min(
      ...others
        .filter(({ instanceTypeName }) => instanceTypeName === instanceType)
        .map(({ allocatable }) => allocatable.memoryBytes),
    ),
  );
  return {
    pods: types.every((type) => !customNetworking || hasPodEni(type, target))
      ? groupMaxPods(types.map((type) => maxPods(type, { customNetworking, prefixDelegation, maxEni })))
      : 0,
    cpuMillis: Math.min(...types.map(({ vcpus }) => vcpus * 1000 - reservedCpuMillis(vcpus))),
    memoryBytes: Math.min(...memories),
  };
}

/**
 * Whether a node has an ENI for pods besides its primary one; otherwise (MAX_ENI=1, or a type of one ENI) custom
 * networking leaves it no address for pods, and there are no max pods to compute.
 */
export function hasPodEni({ enis }: InstanceType, { maxEni }: Pick<PodNetworkTarget, "maxEni">): boolean {
  return Math.min(enis, maxEni ?? Infinity) >= 2;
}

/**
 * CPU that kubelet keeps for itself on an EKS node: 6 % of the first core, 1 % of the second, 0.5 % of the next two,
 * 0.25 % of the others (awslabs/amazon-eks-ami, nodeadm).
 */
function reservedCpuMillis(vcpus: number): number {
  const cores = (from: number, to: number) => Math.max(0, Math.min(vcpus, to) - from);
  return Math.ceil(cores(0, 1) * 60 + cores(1, 2) * 10 + cores(2, 4) * 5 + cores(4, Infinity) * 2.5);
}
