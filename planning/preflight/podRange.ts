import { checkCidrBlock } from "../cidrCheck";
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

/** NAT in the way of pods: without it they leave the VPC by their node's address, with it by their own. */
export const externalSnat = check(
  {
    id: "SNAT-EXTERNAL",
    level: "warn",
    about: "what is outside the VPC knows the way back to pods",
    looksAt: ["vpc", "cni"],
  },
  ({ vpc, cni }) => {
    const outside = (vpc.addressing.routes ?? []).filter(
      (cidr) => cidr !== "0.0.0.0/0" && !vpc.addressing.cidrBlocks.includes(cidr),
    );
    if (!cni.externalSnat || outside.length === 0) return [];
    return [
      {
        title: "AWS_VPC_K8S_CNI_EXTERNALSNAT is true: other networks see pods by their own addresses",
        evidence: [
          `Routes lead to ${outside.join(", ")}; what is there answers to ${vpc.podCidrs.join(", ")} only by a route back.`,
        ],
        wayOut: `Give the other sides routes to ${vpc.podCidrs.join(" and ")}, or set it to false: pods then leave the VPC by the addresses of their nodes.`,
      },
    ];
  },
);
