import { check } from "./check";

/** Prefix delegation in pod subnets without reservations: single addresses break up the /28 blocks over time. */
export const prefixBlocks = check(
  {
    id: "PREFIX-BLOCKS",
    level: "warn",
    about: "with prefix delegation, pod subnets keep their /28 blocks whole",
    looksAt: ["cni", "wanted"],
  },
  ({ cni: { prefixDelegation }, wanted: { prefixReservations = false } }) =>
    !prefixDelegation || prefixReservations
      ? []
      : [
          {
            title: "ENABLE_PREFIX_DELEGATION is on, and the pod subnets get no reservations for prefixes",
            evidence: [
              "ENIs' own addresses lie anywhere in a subnet then, and each breaks up a /28 (InsufficientCidrBlocks).",
            ],
            wayOut:
              "Set prefixReservations: true, which keeps 15 of 16 parts of each pod subnet for prefixes.",
          },
        ],
);
