import type { z } from "zod";
import { fleetSchema, readFleet } from "../../planning/fleet";
import type { Scenario } from "../../planning/fleetScenarios";
import { sizeFleet, type FleetSize } from "../../planning/fleetSize";
import {
  compareToSpreadsheet,
  sizeBySpreadsheet,
  type SpreadsheetComparison,
  type SpreadsheetSize,
} from "../../planning/fleetSpreadsheet";
import { descriptionsOf } from "../../planning/schemaProblems";
import { command, type Answer } from "../command";
import { yes } from "../flag";
import { readInputFile } from "../inputFile";
import { grouped } from "../../planning/amounts";
import { table, type Column } from "../table";

/** `podnet size FILE` */
export const size = command({
  positional: {
    name: "FILE",
    key: "file",
    help: "a YAML or JSON file of a fleet, - for standard input",
    many: false,
  },
  flags: {
    spreadsheetCompatible: yes(
      "compute what the spreadsheet of the EKS best practices guide does, mistakes included",
    ),
  },
  help: `Examples:
  podnet size fleet.yaml
  podnet size fleet.yaml --json
  podnet size fleet.yaml --spreadsheet-compatible

A file, with the keys that most need:
  customNetworking: true
  subnets:
    - { zone: us-west-2a, prefixLength: 19 }
    - { zone: us-west-2b, prefixLength: 19 }
  instances:
    - { type: m5.large, count: 12, podsPerNode: 15 }

Keys of the file:
${keysOf(fleetSchema)}

Keys of an entry of subnets:
${keysOf(fleetSchema.shape.subnets.element)}

Keys of an entry of instances:
${keysOf(fleetSchema.shape.instances.element)}

Exit code 0 when the fleet fits on an ordinary day, 1 when not.`,

  run([file = ""], flags, io): Answer {
    const input = readInputFile(io, file);
    return input.use((value) => {
      const fleet = readFleet(value);
      if (flags.spreadsheetCompatible === true) {
        const sized = sizeBySpreadsheet(fleet);
        return { json: sized, text: describeSpreadsheet(sized), isNo: !sized.fits };
      }
      const sized = sizeFleet(fleet);
      const spreadsheet = compareToSpreadsheet(fleet, sized);
      return { json: { ...sized, spreadsheet }, text: describe(sized, spreadsheet), isNo: !sized.fits };
    });
  },
});

function keysOf(schema: z.ZodObject): string {
  const rows = descriptionsOf(schema);
  const width = Math.max(...rows.map(([key]) => key.length)) + 2;
  return rows.map(([key, description]) => `  ${key.padEnd(width)}${description}`).join("\n");
}

const right = (head: string): Column => ({ head, align: "right" });
const left = (head: string): Column => ({ head });

function describe(sized: FleetSize, spreadsheet: SpreadsheetComparison): string {
  const { totals } = sized;
  const verdict = sized.fits ? "It fits" : "It does NOT fit";
  return [
    `${verdict}: ${grouped(totals.pods)} of ${grouped(totals.podsWanted)} pods on ${grouped(totals.nodes)} nodes, ` +
      `${grouped(totals.used)} addresses used, ${grouped(totals.remaining)} left.`,
    bindingText(sized),
    "",
    table(
      [
        left("TYPE"),
        right("NODES"),
        left("ZONE"),
        right("PODS/NODE"),
        right("MAX PODS"),
        right("ACTIVE IPS"),
        right("WARM IPS"),
        right("ACTIVE ENIS"),
        right("WARM ENIS"),
        right("ADDRESSES/NODE"),
      ],
      sized.instances.map((row) => [
        row.type,
        row.count,
        row.zone ?? "spread",
        row.podsHostedPerNode === row.podsPerNode
          ? row.podsPerNode
          : `${row.podsHostedPerNode} of ${row.podsPerNode}`,
        row.maxPods,
        row.activeIps,
        row.warmIps,
        row.activeEnis,
        row.warmEnis,
        row.addressesPerNode,
      ]),
    ),
    "",
    table(
      [
        left("SUBNET"),
        right("SIZE"),
        right("NODES"),
        right("USED"),
        right("LEFT"),
        left("FITS"),
        right("SMALLEST"),
        right("WITH HEADROOM"),
      ],
      sized.subnets.map((subnet) => [
        subnet.zone ?? "-",
        `/${subnet.prefixLength}`,
        subnet.nodes,
        subnet.used,
        subnet.remaining,
        subnet.fits ? "yes" : whyNot(subnet),
        sizeText(subnet.smallestPrefixLength),
        sizeText(subnet.smallestPrefixLengthWithHeadroom),
      ]),
    ),
    "",
    scenarioText(rollingText(sized.rollingReplacement.surge), sized.rollingReplacement),
    ...sized.zoneLoss.map((loss) =>
      scenarioText(
        `Loss of ${loss.zone}`,
        loss,
        loss.podsLost > 0 ? `${grouped(loss.podsLost)} pods are bound to it` : undefined,
      ),
    ),
    ...(sized.notes.length > 0 ? ["", ...sized.notes.map((note) => `note: ${note}`)] : []),
    "",
    spreadsheetText(spreadsheet),
  ].join("\n");
}

function bindingText({ binding, headroomPodsPerNode }: FleetSize): string {
  const what = {
    maxPods: "max pods",
    enis: "the ENIs of the instances",
    minimumIpTarget: "MINIMUM_IP_TARGET without WARM_IP_TARGET",
    subnet: "a subnet",
  }[binding];
  return headroomPodsPerNode >= 0
    ? `What stops it first is ${what}: ${grouped(headroomPodsPerNode)} more pods per node.`
    : `What stops it is ${what}, by ${grouped(-headroomPodsPerNode)} pods per node.`;
}

function whyNot(subnet: FleetSize["subnets"][number]): string {
  const { used, usable } = subnet.prefixes;
  return used > usable ? `no: ${grouped(used)} prefixes, ${grouped(usable)} whole /28` : "no";
}

function sizeText(prefixLength: number | null): string {
  return prefixLength === null ? "more than /16" : `/${prefixLength}`;
}

function rollingText(surge: number): string {
  return `Rolling replacement with ${grouped(surge)} more ${surge === 1 ? "node" : "nodes"}`;
}

function scenarioText(name: string, scenario: Scenario, because?: string): string {
  const tightest = scenario.subnets.reduce((least, subnet) =>
    subnet.remaining < least.remaining ? subnet : least,
  );
  const where = tightest.zone === null ? "" : ` in ${tightest.zone}`;
  const left = `${grouped(tightest.remaining)} addresses left${where}`;
  return `${name}: ${scenario.fits ? "fits" : "does NOT fit"}, ${because ?? left}.`;
}

function spreadsheetText({ totals, differences }: SpreadsheetComparison): string {
  const whose = "The spreadsheet of the EKS best practices guide";
  if (totals === null) {
    return [`${whose} can't express this:`, ...differences.map(({ why }) => `  ${why}`)].join("\n");
  }
  return [
    `${whose} says ${grouped(totals.used)} used and ${grouped(totals.remaining)} left. It differs in:`,
    ...differences.map(
      ({ topic, spreadsheet, here, why }) => `  ${topic}: ${spreadsheet} there, ${here} here. ${why}`,
    ),
  ].join("\n");
}

function describeSpreadsheet({ totals, instances }: SpreadsheetSize): string {
  return [
    `Number of IPs Used          ${grouped(totals.used)}`,
    `Number of Pods Hosted       ${grouped(totals.pods)}`,
    `# of Subnet IPs Remaining   ${grouped(totals.remaining)}`,
    "",
    table(
      [
        left("TYPE"),
        right("NODES"),
        right("PODS/NODE"),
        right("ACTIVE IPS"),
        right("WARM IPS"),
        right("ACTIVE ENIS"),
        right("WARM ENIS"),
        right("ADDRESSES/NODE"),
      ],
      instances.map((row) => [
        row.type,
        row.count,
        row.podsPerNode,
        row.activeIps,
        row.warmIps,
        row.activeEnis,
        row.warmEnis,
        row.addressesPerNode,
      ]),
    ),
  ].join("\n");
}
