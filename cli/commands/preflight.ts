import { preflight as lookFor } from "../../automation/preflight/preflight";
import { clusterOutside, withCluster } from "../clusterOutside";
import { command, type Answer } from "../command";
import { items, refuse, required, text, texts } from "../flag";
import { readCidr } from "../../planning/cidrBlock";
import { shown } from "../../planning/problem";
import { describePreflight } from "../preflightText";

/** Free in every VPC that has no block of it, and what AWS's own guides take. */
const DEFAULT_POD_CIDR = "100.64.0.0/16";

/** `podnet preflight` */
export const preflight = command({
  flags: {
    cluster: required(text("<name>", "the EKS cluster")),
    region: required(text("<region>", "its Region")),
    profile: text("<name>", "an AWS profile; the ambient credentials by default"),
    kubeconfig: text("<path>", "a kubeconfig; KUBECONFIG by default"),
    kubeContext: text("<name>", "a context of it; the current one by default"),
    podCidr: items("<cidr...>", `blocks for pods; ${DEFAULT_POD_CIDR} by default`, (given) =>
      readCidr(given).kind === "block"
        ? { value: given }
        : refuse(`${shown(given)} is not an IPv4 block.`, "Write it as 100.64.0.0/16."),
    ),
    podSecurityGroups: texts("<id...>", "security groups of the pods to be; the cluster's own by default"),
  },
  help: `Examples:
  podnet preflight --cluster prod-main --region us-west-2
  podnet preflight --cluster prod-main --region us-west-2 --pod-cidr 100.65.0.0/16 --json

Reads AWS and the cluster, and changes nothing. What it may not look at is left out, and named. Exit code 1 when a finding
stops the migration.`,

  async run(_args, flags, io): Promise<Answer> {
    const { cluster = "", region = "", podCidr: podCidrs = [DEFAULT_POD_CIDR], podSecurityGroups } = flags;
    const environment = { name: cluster, stack: cluster, rotation: {}, ...flags, region };
    return withCluster(`Looking at ${cluster}`, async () => {
      const found = await lookFor(
        { clusterName: cluster, podCidrs, podSecurityGroups },
        clusterOutside(environment, io.signal),
      );
      return {
        json: { cluster, region, podCidrs, ...found },
        text: describePreflight(`${cluster}  ${region}  pods in ${podCidrs.join(", ")}`, found),
        isNo: found.findings.some(({ level }) => level === "stop"),
      };
    });
  },
});
