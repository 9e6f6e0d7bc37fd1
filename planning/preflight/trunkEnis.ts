import type { InstanceType } from "../instanceType";
import { ADDRESSES_PER_PREFIX, HOST_NETWORK_PODS, maxPods } from "../maxPods";
import { hasPodEni } from "../rotation/workerShape";
import { check, type Found } from "./check";
import { counted } from "../amounts";

/**
 * Nodes with a trunk for pods that have security groups of their own (ENABLE_POD_ENI): it takes the place of an ENI for
 * ordinary pods, which max pods does not count, as AWS's calculator doesn't.
 */
export const trunkEnis = check(
  {
    id: "TRUNK-ENI",
    level: "warn",
    about: "beside their trunk, nodes have ENIs for as many pods as they may run",
    looksAt: ["cluster", "cni"],
  },
  ({ cluster, cni: { prefixDelegation, maxEni } }) => {
    const types = new Map<string, { type: InstanceType; nodes: number }>();
    for (const { instanceType: type, enis } of cluster.nodes) {
      if (type === undefined || !hasPodEni(type, { maxEni })) continue;
      if (!enis.some(({ interfaceType }) => interfaceType === "trunk")) continue;
      types.set(type.instanceType, { type, nodes: (types.get(type.instanceType)?.nodes ?? 0) + 1 });
    }
    return [...types.values()].flatMap(({ type, nodes }): Found[] => {
      const room = maxPods(type, { customNetworking: true, prefixDelegation, maxEni });
      const perSlot = room.addressMode === "prefix" ? ADDRESSES_PER_PREFIX : 1;
      const addresses = (room.podEnis - 1) * (room.ipv4PerEni - 1) * perSlot;
      if (addresses + HOST_NETWORK_PODS >= room.maxPods) return [];
      return [
        {
          level: addresses === 0 ? "stop" : "warn",
          title:
            addresses === 0
              ? `${type.instanceType} has no ENI for pods tomorrow: one is the node's, one is the trunk`
              : `${type.instanceType} has addresses for ${addresses} pods beside its trunk, and may run ${room.maxPods}`,
          evidence: [
            `${counted(nodes, "node")} of the type ${nodes === 1 ? "has" : "have"} a trunk (ENABLE_POD_ENI); of ${room.enis} ENIs ${room.podEnis - 1} are left for pods without a security group of their own. Those that the scheduler puts there beyond that stay in ContainerCreating.`,
          ],
          wayOut:
            "Set maxPods of the new worker groups to what is left, take a larger type, set ENABLE_PREFIX_DELEGATION, or turn ENABLE_POD_ENI off where no SecurityGroupPolicy is used.",
        },
      ];
    });
  },
);
