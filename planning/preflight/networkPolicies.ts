import { freeBlocks, overlaps, readCidr, type CidrBlock } from "../cidrBlock";
import { check } from "./check";
import type { IpBlockFacts } from "./networkFacts";
import { isCovered, rangesLeftBehind } from "./traffic";

/**
 * NetworkPolicies that name the range of today's pods by `ipBlock` and not that of tomorrow's.
 *
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-ipblock-selectors
 */
export const networkPoliciesAdmit = check(
  {
    id: "NETPOL-IPBLOCK",
    level: "stop",
    about: "NetworkPolicies by ipBlock admit tomorrow's pods where they admit today's",
    looksAt: ["attachment", "networkPolicies"],
  },
  ({ attachment, networkPolicies }) =>
    networkPolicies.flatMap(({ namespace, name, ipBlocks }) =>
      (["ingress", "egress"] as const).flatMap((direction) => {
        const alike = ipBlocks.filter((one) => one.direction === direction);
        const today = alike.filter((one) =>
          admitted(one).some((block) => attachment.from.some((old) => overlaps(block, old))),
        );
        const missing = rangesLeftBehind(attachment, (block) => isCovered(block, alike.flatMap(admitted)));
        if (today.length === 0 || missing.length === 0) return [];
        const blocks = missing.map(({ cidr }) => cidr).join(" and ");
        return [
          {
            title: `NetworkPolicy ${namespace}/${name} admits ${today.map(({ cidr }) => cidr).join(", ")} by ipBlock, not ${blocks}`,
            evidence: [
              `It is a rule of ${direction}: pods are ${direction === "ingress" ? "let in" : "reached"} by their addresses.`,
            ],
            wayOut: `Add an ipBlock with ${blocks} to ${namespace}/${name}, or name the pods by podSelector and namespaceSelector.`,
          },
        ];
      }),
    ),
);

/** What of an ipBlock is admitted; nothing of an IPv6 one. */
function admitted({ cidr, except }: IpBlockFacts): CidrBlock[] {
  const read = (text: string) => {
    const reading = readCidr(text);
    return reading.kind === "block" ? [reading.block] : [];
  };
  return read(cidr).flatMap((block) => freeBlocks(block, except.flatMap(read)));
}
