import { sharedRanges } from "../sharedRanges";
import { check, type Found } from "./check";
import { isNotSeen } from "./finding";

/** Another environment that is to have the same addresses for pods, and whose VPC is connected with this one. */
export const sharedRange = check(
  {
    id: "SHARED-RANGE",
    level: "warn",
    about: "no environment behind a peering or a transit gateway is to have the same addresses for pods",
    looksAt: ["neighbourhood"],
  },
  ({ neighbourhood }) => {
    if (neighbourhood === undefined) return [];
    const { own, others } = neighbourhood;
    const found = others.flatMap((other): Found[] => {
      if (isNotSeen(other)) return [];
      return sharedRanges([own, other]).map(({ podCidrs: [here, there], by }) => ({
        level: by === "peering" ? "stop" : "warn",
        title: `${own.name} and ${other.name} are to have the same addresses for pods (${here === there ? here : `${here}, ${there}`}), and their VPCs are connected by ${by}`,
        evidence: [
          `${own.name} is in ${own.vpcId}, ${other.name} in ${other.vpcId}.`,
          by === "peering"
            ? "AWS refuses a block that overlaps one of a peered VPC: the second of them could not be brought up."
            : "Answers to pods of one may go to the other, where the CNI leaves pods' addresses as they are.",
        ],
        wayOut: `Give one of them other podCidrs; podnet check-cidr proposes blocks.`,
      }));
    });
    const unseen = others.filter(isNotSeen);
    return found.length === 0 && unseen.length > 0
      ? { notSeen: unseen.map(({ notSeen }) => notSeen).join("; ") }
      : found;
  },
);
