import { checkedAws } from "../../automation/connect";
import { environmentNamed, type Environment } from "../../automation/environments";
import { preflight as lookFor, type PreflightRequest } from "../../automation/preflight/preflight";
import { preflightRequest } from "../../automation/preflight/preflightRequest";
import { shown } from "../../planning/problem";
import { clusterAccessFlags, podCidrFlag } from "../clusterFlags";
import { command, type Answer } from "../command";
import { allEnvironments, environmentFlags, environmentPositional } from "../environmentCommand";
import { text, texts, type FlagValues } from "../flag";
import type { Io } from "../io";
import { withOutside } from "../outsideFailure";
import { overEnvironments } from "../overEnvironments";
import { describePreflight } from "../preflightText";
import { flagName } from "../readFlags";
import { UsageError, type UsageProblem } from "../usageError";
import { terminalColumns } from "../wrapped";

/** Free in every VPC that has no block of it, and what AWS's own guides take. */
const DEFAULT_POD_CIDR = "100.64.0.0/16";

/** Flags of a cluster that is in no file yet. */
const clusterFlags = {
  cluster: text("<name>", "an EKS cluster, where no environment is named"),
  region: text("<region>", "its Region"),
  ...clusterAccessFlags,
  podCidr: podCidrFlag(`${DEFAULT_POD_CIDR} by default`),
  podSecurityGroups: texts("<id...>", "security groups of the pods to be; the cluster's own by default"),
  mustReach: texts("<place...>", "places that pods must reach tomorrow as well, such as db.example.org:5432"),
};
const flags = { ...environmentFlags, ...clusterFlags };
type Flags = FlagValues<typeof flags>;

const preflightOne = command({
  positional: { ...environmentPositional, optional: true },
  flags,
  help: `Examples:
  podnet preflight --cluster prod-main --region us-west-2
  podnet preflight --cluster prod-main --region us-west-2 --pod-cidr 100.65.0.0/16 --json
  podnet preflight --cluster prod-main --region us-west-2 --must-reach db.example.org:5432
  podnet preflight prod
  podnet preflight --all

Reads AWS and the cluster, and changes nothing. Of an environment, blocks, security groups, settings and new workers are
those of its stack's configuration, and findings that the file of environments accepts are set apart; a cluster needs
no file and no Pulumi. What it may not look at is left out, and named. Exit code 1 when a finding stops the migration.`,

  async run([name], given, io): Promise<Answer> {
    return withOutside(`Looking at ${name ?? given.cluster ?? ""}`, async () => {
      const { environment, requested } = askedFor(name, given, io);
      const outside = await checkedAws(environment, io.signal);
      const request = requested();
      const { clusterName: cluster, podCidrs } = request;
      const { region, accepted } = environment;
      const { vpc, ...found } = await lookFor(request, outside);
      return {
        json: {
          ...(name !== undefined && { environment: name }),
          ...{ cluster, region, vpc, podCidrs },
          ...found,
          acceptedBy: accepted ?? [],
        },
        text: describePreflight(
          {
            name: name ?? cluster,
            ...{ cluster, region, podCidrs, accepted },
            vpc: vpc && `${vpc.vpcId} (${vpc.cidrBlocks.join(", ")})`,
          },
          found,
          terminalColumns(),
        ),
        isNo: found.findings.some(({ level }) => level === "stop"),
      };
    });
  },
});

/** `podnet preflight [ENVIRONMENT...]` */
export const preflight = overEnvironments("preflight", preflightOne);

interface Asked {
  readonly environment: Environment;
  /** Reads the stack's configuration, which is worth it once the credentials are of the environment's account. */
  readonly requested: () => PreflightRequest;
}

/** @throws UsageError when neither an environment nor a cluster is given, or both; and what the file's reader throws. */
function askedFor(name: string | undefined, given: Flags, io: Io): Asked {
  const { file, workDir: folder, podCidr, podSecurityGroups, mustReach, ...place } = given;
  const problems = usageProblems(name, given);
  if (problems.length > 0) throw new UsageError(problems);
  if (name === undefined) {
    const { cluster = "", region = "" } = given;
    return {
      environment: { name: cluster, stack: cluster, rotation: {}, ...place, region },
      requested: () => ({
        clusterName: cluster,
        podCidrs: podCidr ?? [DEFAULT_POD_CIDR],
        ...{ podSecurityGroups, mustReach },
      }),
    };
  }
  const environments = allEnvironments({ file, workDir: folder }, io, name);
  const environment = environmentNamed(name, environments);
  return { environment, requested: () => preflightRequest(environment, folder ?? ".", environments) };
}

function usageProblems(name: string | undefined, given: Flags): UsageProblem[] {
  const ofCluster = Object.keys(clusterFlags).filter((key) => given[key as keyof Flags] !== undefined);
  if (name !== undefined) {
    return ofCluster.map((key) => ({
      path: flagName(key),
      reason: `can't be given together with environment ${shown(name)}, which says it itself.`,
      fix: "Leave it out, or give --cluster and --region in place of the environment.",
    }));
  }
  const missing = (["cluster", "region"] as const).filter((key) => given[key] === undefined);
  if (missing.length === 2) {
    return [
      {
        path: environmentPositional.name,
        reason: "is missing.",
        fix: `Give ${environmentPositional.help}, --all, or a cluster: --cluster and --region.`,
      },
    ];
  }
  return missing.map((key) => ({
    path: flagName(key),
    reason: "is missing.",
    fix: `Give ${key === "cluster" ? "the name of the EKS cluster" : "its Region, such as us-west-2"}.`,
  }));
}
