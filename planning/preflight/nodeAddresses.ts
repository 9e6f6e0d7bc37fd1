import { nodeSubnets, zonesOf } from "../podNetwork/nodeSubnets";
import { sum } from "../sequence";
import { check, type Found } from "./check";

/**
 * Room for new nodes beside the old ones: each takes an address of its node subnet for itself, before the first old one
 * goes. Its pods take none there.
 */
export const nodeAddresses = check(
  {
    id: "NODE-ADDRESSES",
    level: "warn",
    about: "the node subnets of each zone have addresses for the nodes that come",
    looksAt: ["facts"],
  },
  ({ facts }) => {
    const subnets = nodeSubnets(facts);
    return zonesOf(facts.instances).flatMap((zone): Found[] => {
      const here = subnets.filter(({ availabilityZone }) => availabilityZone === zone);
      const nodes = facts.instances.filter(({ availabilityZone }) => availabilityZone === zone).length;
      const free = sum(here, ({ freeAddresses }) => freeAddresses);
      if (free >= nodes) return [];
      return [
        {
          level: free === 0 ? "stop" : "warn",
          title:
            free === 0
              ? `the node subnets of ${zone} have no free address: no new node can come before an old one goes`
              : `the node subnets of ${zone} have ${free} free ${free === 1 ? "address" : "addresses"} for the successors of ${nodes} nodes`,
          evidence: here.map(
            ({ subnetId, cidrBlock, freeAddresses }) => `${subnetId} (${cidrBlock}): ${freeAddresses} free`,
          ),
          wayOut:
            "Let ipamd keep fewer warm addresses (WARM_IP_TARGET=1 and MINIMUM_IP_TARGET in place of WARM_ENI_TARGET), or give the new worker groups subnets with room (subnetIds).",
        },
      ];
    });
  },
);
