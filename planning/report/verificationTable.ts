import { counted, grouped, listed } from "../amounts";
import type { Share, Verification } from "../rotation/verification";
import type { ReportedVerification } from "./facts";
import type { ReportTable } from "./table";

/** What podnet verify looks at, with what it found. */
export function verificationTable(found: ReportedVerification): ReportTable {
  const part = ({ right, of }: Share) => `${grouped(right)} of ${grouped(of)}`;
  const { podsOutside, unseenNodes, allocatableByType, securityGroups, deviations } = found;
  return {
    caption: "What podnet verify finds",
    columns: ["what", "is so", "which are not"],
    rows: [
      [
        "nodes are new",
        part(found.newNodes),
        listed(
          found.oldNodes.map(({ node }) => node),
          10,
        ),
      ],
      [
        "pods have addresses of the pod subnets",
        part(found.podsInside),
        listed(
          podsOutside.map(({ pod, address }) => `${pod} ${address}`),
          10,
        ),
      ],
      ["primary network interfaces carry no addresses for pods", part(found.cleanPrimaryEnis), ""],
      ["secondary ones are in the pod subnet of their zone", part(found.secondaryEnis), ""],
      ["secondary ones have the security groups of their ENIConfig", part(securityGroups), ""],
      [
        "nodes allow no more pods than their addresses carry",
        `${part(found.allocatablePods)}${allocatableByType.length === 0 ? "" : ` (${listed(allocatableByType, 10)})`}`,
        "",
      ],
      ["nodes were seen in EC2", part(seenIn(found)), listed(unseenNodes, 10)],
      [
        "aws-node and ENIConfigs are as the stack made them",
        deviations.length === 0 ? "yes" : "no",
        listed(
          deviations.map(({ title }) => title),
          10,
        ),
      ],
      ["with the address of their node, by design", counted(found.hostNetworkPods, "hostNetwork pod"), ""],
    ],
  };
}

function seenIn({ nodes, unseenNodes }: Verification): Share {
  return { right: nodes - unseenNodes.length, of: nodes };
}
