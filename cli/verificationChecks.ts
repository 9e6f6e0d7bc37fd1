import type { EnvironmentVerification } from "../automation/verify";
import type { Deviation } from "../planning/verification/deviation";
import type { JunitCase } from "./junitReport";

/** A verification as a list of checks, each with everything that is against it. */
export function verificationChecks(verification: EnvironmentVerification): JunitCase[] {
  const { nodes, oldNodes, unseenNodes, podsOutside, deviations, smoke, deep, tookMs } = verification;
  const about = (what: Deviation["about"]) =>
    deviations.filter((one) => one.about === what).map(({ title, wayOut }) => `${title} -> ${wayOut}`);
  return [
    { name: "no rollback is unfinished", failures: about("rollback") },
    {
      name: "every node is seen in EC2",
      failures: [
        ...(nodes === 0 ? ["there is no node"] : []),
        ...unseenNodes.map((node) => `${node}: EC2 shows no primary ENI`),
      ],
    },
    {
      name: "no node is old",
      failures: oldNodes.flatMap(({ node, reasons }) =>
        reasons.map(({ evidence }) => `${node}: ${evidence}`),
      ),
    },
    {
      name: "every pod is in the pod subnets",
      failures: podsOutside.map(({ pod, address, node }) => `${pod} on ${node} has ${address}`),
    },
    { name: "aws-node runs with the settings of the stack", failures: about("settings") },
    { name: "ENIConfigs are those of the stack", failures: about("eniConfigs") },
    { name: "pods have the security groups of their ENIConfig", failures: about("securityGroups") },
    ...(smoke === undefined
      ? []
      : [
          {
            name: "new pods come up in the pod subnets",
            failures: smoke.failures,
            tookMs: tookMs.smoke,
          },
        ]),
    ...(deep === undefined
      ? []
      : [
          {
            name: "ipamd agrees with EC2 and its pods",
            tookMs: tookMs.deep,
            failures: [
              ...deep.unread.map(({ node, because }) => `${node}: not read: ${because}`),
              ...deep.differences.map(({ node, what }) => `${node}: ${what}`),
            ],
          },
        ]),
  ];
}
