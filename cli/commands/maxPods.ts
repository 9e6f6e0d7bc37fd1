import { fixForAws } from "../../automation/awsWayOut";
import {
  lookUpInTable,
  unknownInstanceType,
  type InstanceType,
  type InstanceTypeLookup,
} from "../../planning/instanceType";
import { groupMaxPods, maxPods as computeMaxPods, type MaxPods } from "../../planning/maxPods";
import { InvalidInputError, shown, type Problem } from "../../planning/problem";
import { command, type Answer } from "../command";
import { choice, splitAtCommas, text, wholeNumber, yes, type Flag } from "../flag";
import { OutsideError } from "../outsideError";
import { table } from "../table";
import { UsageError } from "../usageError";

/** `podnet max-pods TYPE...` */
export const maxPods = command({
  positional: {
    name: "TYPE",
    key: "instanceTypes",
    help: "EC2 instance types, such as m5.large",
    many: true,
  },
  flags: {
    customNetworking: yes("the primary ENI carries no pods"),
    prefixDelegation: yes("ENIs get /28 prefixes (Nitro and bare metal)"),
    maxEni: wholeNumber("MAX_ENI of aws-node", 1, 100),
    hostNetworkDaemonSets: wholeNumber("hostNetwork DaemonSets beyond aws-node and kube-proxy", 0, 1000),
    uncapped: yes("leave out the recommended cap of 110 pods (up to 30 vCPU) or 250"),
    endpoint: choice("where instance types are looked up: live asks EC2", ["table", "live"]),
    region: regionFlag("the Region to ask with --endpoint live; AWS_REGION by default"),
  },
  flagsFile: true,
  help: `Examples:
  podnet max-pods m5.large
  podnet max-pods m5.large m6i.4xlarge --custom-networking --prefix-delegation
  podnet max-pods m9z.large --endpoint live --region us-west-2 --json
  podnet max-pods --file group.yaml          # instanceTypes: [m5.large]
                                             # customNetworking: true

A managed node group of several types gets the smallest number of them.`,

  async run(types, flags): Promise<Answer> {
    const names = [...new Set(splitAtCommas(types))];
    const live = flags.endpoint === "live";
    const lookUp = live ? await askEc2(names, flags.region) : lookUpInTable;
    const problems: Problem[] = [];
    const results = names.flatMap((name) => {
      const type = lookUp(name);
      if (type === undefined)
        problems.push(unknownInstanceType("TYPE", name, live ? NOT_OFFERED : undefined));
      return type === undefined ? [] : compute(type, flags, problems);
    });
    if (problems.length > 0) throw new InvalidInputError(problems);
    const smallest = groupMaxPods(results);
    return {
      json: results.map((result) => ({ ...result, groupMaxPods: smallest })),
      text: describe(results, smallest),
      notes: flags.region !== undefined && !live ? ["--region has no effect without --endpoint live."] : [],
    };
  },
});

function regionFlag(help: string): Flag<string> {
  const flag = text("<region>", help);
  return {
    ...flag,
    read: (given) => {
      const region = given.at(-1) ?? "";
      if (/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) return { value: region };
      return {
        refusals: [{ reason: `${shown(region)} is not a Region.`, fix: "Give one such as us-west-2." }],
      };
    },
  };
}

const NOT_OFFERED = "EC2 does not offer it in this Region; another may be given with --region.";

function compute(
  type: InstanceType,
  options: Parameters<typeof computeMaxPods>[1],
  problems: Problem[],
): MaxPods[] {
  try {
    return [computeMaxPods(type, options)];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    problems.push(
      ...error.problems.map((problem) => ({
        ...problem,
        path: problem.path.replace("instanceTypes", "TYPE"),
      })),
    );
    return [];
  }
}

async function askEc2(names: readonly string[], region: string | undefined): Promise<InstanceTypeLookup> {
  /* eslint-disable @typescript-eslint/no-require-imports -- only a live look-up pays for the AWS SDK */
  const { EC2Client } = require("@aws-sdk/client-ec2") as typeof import("@aws-sdk/client-ec2");
  const { describeInstanceTypes } =
    require("../../automation/instanceTypes") as typeof import("../../automation/instanceTypes");
  /* eslint-enable */
  const client = new EC2Client(region === undefined ? {} : { region });
  await client.config.region().catch(() => {
    const fix = "Give it, or set AWS_REGION.";
    throw new UsageError([{ path: "--region", reason: "no Region is set.", fix }]);
  });
  const found = await describeInstanceTypes(client, names).catch((error: unknown) => {
    const fix = `${fixForAws(error)} Or take the table: --endpoint table.`;
    throw new OutsideError("EC2 DescribeInstanceTypes", error, fix);
  });
  const byName = new Map(found.map((type) => [type.instanceType, type]));
  return (name) => byName.get(name);
}

function describe(results: readonly MaxPods[], smallest: number): string {
  const [only] = results;
  if (results.length === 1 && only) {
    const steps = only.steps.map((step) => `  ${step}`).join("\n");
    return `${only.instanceType}  ${only.maxPods} pods\n\n${steps}`;
  }
  const rows = results.map((result) => [
    result.instanceType,
    result.maxPods,
    result.enis,
    result.ipv4PerEni,
    result.addressMode === "prefix" ? "prefixes" : "addresses",
    result.capped ? "capped" : "",
  ]);
  const columns = [
    { head: "TYPE" },
    { head: "MAX PODS", align: "right" as const },
    { head: "ENIS", align: "right" as const },
    { head: "IPV4/ENI", align: "right" as const },
    { head: "MODE" },
    { head: "" },
  ];
  return `${table(columns, rows)}\n\nIn one managed node group: ${smallest} pods on every node, the smallest of them.`;
}
