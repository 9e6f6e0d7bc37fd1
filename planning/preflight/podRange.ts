import { listed } from "../amounts";
import { checkCidrBlock } from "../cidrCheck";
import { foreignBlocks } from "../podNetwork/adoption";
import type { ClusterFacts } from "../podNetwork/clusterFacts";
import { isIn } from "../podNetwork/podSubnetPlaces";
import { check, type Found } from "./check";
import type { FindingLevel } from "./finding";
import type { VpcFacts } from "./picture";

/** Blocks for pods that the VPC can't be given, or that people may not want. Those that it has already are well. */
export const podRange = check(
  {
    id: "POD-CIDR",
    level: "stop",
    about: "the blocks for pods can be associated with the VPC",
    looksAt: ["vpc"],
  },
  ({ vpc }) =>
    vpc.podCidrs
      .filter((cidr) => !vpc.addressing.cidrBlocks.includes(cidr))
      .flatMap((cidr) => findingsOn(cidr, vpc)),
);

/** Blocks for pods that the VPC has already, made by others: AWS refuses to associate one twice. */
export const podRangeTaken = check(
  {
    id: "POD-CIDR-TAKEN",
    level: "warn",
    about: "no block for pods is the VPC's already without pod subnets of ours in it",
    looksAt: ["facts", "wanted"],
  },
  ({ facts, wanted }) =>
    foreignBlocks(facts, wanted).map((cidr) => ({
      title: `${facts.vpcId} has ${cidr} already, and no pod subnet of ours is in it`,
      evidence: [
        `Subnets in it: ${listed(subnetsIn(cidr, facts)) || "none"}. An earlier run that was stopped leaves it so, or it is somebody else's.`,
      ],
      wayOut: `If this stack did not associate it, take it over: adopt: {cidrBlocks: ["${cidr}"]}.`,
    })),
);

function subnetsIn(cidr: string, { subnets }: ClusterFacts): string[] {
  return subnets
    .filter((subnet) => isIn(cidr, subnet))
    .map(({ subnetId, cidrBlock }) => `${subnetId} (${cidrBlock})`);
}

function findingsOn(cidr: string, { vpcId, addressing }: VpcFacts): Found[] {
  const { problems, warnings } = checkCidrBlock(cidr, addressing);
  const found = (level: FindingLevel, title: string) =>
    (level === "stop" ? problems : warnings).map(({ reason, fix, conflictsWith }) => ({
      level,
      title: `${cidr} ${title} ${vpcId}`,
      evidence: [reason, ...(conflictsWith === undefined ? [] : [`It conflicts with ${conflictsWith}.`])],
      wayOut: fix,
    }));
  return [...found("stop", "can't be added to"), ...found("warn", "may be added, with a drawback, to")];
}
