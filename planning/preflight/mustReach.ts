import { cidrBlock } from "../cidrBlock";
import { nodeSubnets, ownPodSubnets } from "../podNetwork/nodeSubnets";
import { check, type Found } from "./check";
import { obstaclesTo, type Surroundings } from "./obstacles";
import { podRouteTables } from "./podNetworkPlan";

/** Places that somebody has named, which tomorrow's pods must reach: what is in the way of each. */
export const mustReach = check(
  {
    id: "MUST-REACH",
    level: "stop",
    about: "tomorrow's pods reach every place of mustReach, as far as this VPC decides it",
    looksAt: [
      "places",
      "facts",
      "wanted",
      "attachment",
      "routeTables",
      "securityGroups",
      "networkAcls",
      "interfaces",
      "peerRoutes",
      "cni",
    ],
  },
  ({ places, facts, wanted, cni, routeTables, ...seen }) => {
    const tablesOf = (ids: readonly string[]) =>
      routeTables.filter(({ routeTableId }) => ids.includes(routeTableId));
    const ofNodes = nodeSubnets(facts);
    const around: Surroundings = {
      ...seen,
      vpcBlocks: [...facts.cidrBlocks.map((block) => cidrBlock(block.cidrBlock)), ...seen.attachment.ranges],
      snat: cni,
      podTables: tablesOf(podRouteTables(facts, wanted).map(({ routeTableId }) => routeTableId)),
      nodeTables: tablesOf(ofNodes.map(({ routeTableId }) => routeTableId)),
      nodeSubnetIds: ofNodes.map(({ subnetId }) => subnetId),
      podSubnetIds: ownPodSubnets(facts).map(({ subnetId }) => subnetId),
    };
    return places.flatMap((place): Found[] => {
      if (place.unresolved !== undefined) {
        return [
          {
            level: "warn",
            title: `${place.host} can't be resolved from here, so that ${place.text} was not looked at`,
            evidence: [place.unresolved],
            wayOut:
              "Check the name; one of a private zone is known inside the VPC alone. Or give its address.",
          },
        ];
      }
      return place.addresses.flatMap((address): Found[] => {
        const obstacles = obstaclesTo(address, place.port, around);
        if (obstacles.length === 0) return [];
        const at = address === place.host ? "" : ` (${address})`;
        return [
          {
            title: `tomorrow's pods would not reach ${place.text}${at}`,
            // Several route tables may come to the same.
            evidence: [...new Set(obstacles.map(({ what }) => what))],
            wayOut: [...new Set(obstacles.map(({ wayOut }) => wayOut))].join(" "),
          },
        ];
      });
    });
  },
);
