import { ownPodSubnets, zonesOf } from "../podNetwork/nodeSubnets";
import { sizeFleet } from "../fleetSize";
import { check, type Found } from "./check";
import { podFleet } from "./podFleet";
import { attemptPlan } from "./podNetworkPlan";
import type { Quota } from "./quotas";

/** Quotas that the pod network would pass. How many blocks a VPC may have is POD-CIDR's. */
export const quotaLimits = check(
  {
    id: "QUOTA",
    level: "stop",
    about: "the quotas of the account have room for the pod network",
    looksAt: ["quotas", "facts", "routeTables", "attachment", "wanted"],
  },
  ({ quotas, facts, routeTables, attachment, wanted }) => {
    const planned = attemptPlan(facts, wanted).plan?.podSubnets ?? [];
    const own = ownPodSubnets(facts).map(({ cidrBlock }) => cidrBlock);
    const newSubnets = planned.filter(
      ({ cidrBlock, adopt }) => adopt === undefined && !own.includes(cidrBlock),
    );
    // With NAT gateways of their own, the pod subnets of a zone have a route table of their own.
    const newTables = zonesOf(newSubnets.filter(({ routeTableId }) => routeTableId === undefined)).length;
    const blocks = facts.cidrBlocks.map(({ cidrBlock }) => cidrBlock);
    const newBlocks = wanted.podCidrs.filter((cidr) => !blocks.includes(cidr)).length;
    return [
      ...passed(quotas.subnetsPerVpc, facts.subnets.length, newSubnets.length, facts.vpcId),
      ...passed(quotas.routeTablesPerVpc, routeTables.length, newTables, facts.vpcId),
      ...passed(quotas.groupsPerInterface, 0, attachment.groupsTomorrow.length, "an ENI for pods"),
      // Each block is a local route in every table.
      ...routeTables.flatMap(({ routeTableId, routes }) =>
        passed(quotas.routesPerTable, routes.length, newBlocks, routeTableId),
      ),
    ];
  },
);

/** The same for what depends on the nodes and pods that run. */
export const quotaOfNodes = check(
  {
    id: "QUOTA-NODES",
    level: "warn",
    about: "the quotas of the account have room for the new nodes beside the old ones",
    looksAt: ["quotas", "facts", "wanted", "cluster", "cni"],
  },
  ({ quotas, facts, wanted, cluster, cni }) => {
    const fleet = podFleet(attemptPlan(facts, wanted).plan?.podSubnets ?? [], cluster, cni);
    if (fleet === undefined) return [];
    const { totals } = sizeFleet(fleet.fleet, (name) => fleet.types.get(name));
    return [
      ...(quotas.interfacesInRegion === undefined
        ? []
        : passed(
            quotas.interfacesPerRegion,
            quotas.interfacesInRegion,
            totals.networkInterfaces,
            "the Region, with every old node still there",
          )),
      ...passed(
        quotas.networkAddressUsage,
        0,
        totals.networkAddressUsage,
        "the new nodes and their pods alone",
      ),
    ];
  },
);

function passed({ code, of, value, isDefault }: Quota, used: number, more: number, where: string): Found[] {
  if (more === 0 || used + more <= value) return [];
  return [
    {
      title: `${where}: ${used + more} ${of} would be needed, and the quota is ${value}`,
      evidence: [
        used === 0 ? `${more} are to come.` : `${used} are there, and ${more} are to come.`,
        ...(isDefault ? ["Service Quotas could not be read: that is what AWS gives every account."] : []),
      ],
      wayOut: `aws service-quotas request-service-quota-increase --service-code vpc --quota-code ${code} --desired-value ${used + more}`,
    },
  ];
}
