import { addressCount } from "./cidrBlock";
import { fleetProblems, subnetPrefixLength, type Fleet } from "./fleet";
import type { FleetSize } from "./fleetSize";
import { lookUpInTable, unknownInstanceType, type InstanceTypeLookup } from "./instanceType";
import { HOST_NETWORK_PODS } from "./maxPods";
import { throwIfAny, type Problem } from "./problem";
import { at, sum } from "./sequence";

/**
 * What the published spreadsheet makes of a fleet, cell for cell.
 *
 * Source: aws/aws-eks-best-practices, latest/bpg/networking/subnet-calc/subnet-calc.xlsx, sheets WarmENI and WarmIP.
 */
export interface SpreadsheetSize {
  readonly totals: {
    /** "Number of Pods Hosted". */
    readonly pods: number;
    /** "Number of IPs Used". */
    readonly used: number;
    /** "# of Subnet IPs Remaining". */
    readonly remaining: number;
  };
  readonly subnets: readonly [
    {
      readonly prefixLength: number;
      /** "Total Available IP Addresses": two less than the block. */
      readonly available: number;
      readonly used: number;
      readonly remaining: number;
    },
  ];
  readonly instances: readonly {
    readonly type: string;
    readonly count: number;
    readonly podsPerNode: number;
    /** "Actual IPs PI": pods and host networking. */
    readonly activeIps: number;
    /** "Used IPs PI" without the active ones. */
    readonly warmIps: number;
    /** "in use ENIs PI". */
    readonly activeEnis: number;
    /** WARM_ENI_TARGET, or "Warm ENIs Needed" of the WarmIP sheet, which its total leaves out. */
    readonly warmEnis: number;
    /** "Used IPs PI". */
    readonly addressesPerNode: number;
  }[];
  readonly fits: boolean;
  /** The only constraint that it knows. */
  readonly binding: "subnet";
}

/** A point in which the spreadsheet differs from what the CNI does. */
export interface SpreadsheetDifference {
  readonly topic: string;
  readonly spreadsheet: string;
  readonly here: string;
  readonly why: string;
}

/** The spreadsheet's result beside the real one. */
export interface SpreadsheetComparison {
  /** `null` where the spreadsheet can't express the fleet; `differences` says why. */
  readonly totals: SpreadsheetSize["totals"] | null;
  readonly differences: readonly SpreadsheetDifference[];
}

/**
 * Reproduces the published spreadsheet, its mistakes included.
 *
 * WarmIP sheet when `warmIpTarget` is set, WarmENI sheet otherwise. Settings that the sheets have no cell for
 * (custom networking, caps, DaemonSet pods, surge) change nothing.
 *
 * @throws InvalidInputError for an unknown type and for what the sheets declare unsupported.
 */
export function sizeBySpreadsheet(fleet: Fleet, lookUp: InstanceTypeLookup = lookUpInTable): SpreadsheetSize {
  const unknown = fleet.instances.flatMap(({ type }, index) =>
    lookUp(type) === undefined ? [unknownInstanceType(`instances[${index}].type`, type)] : [],
  );
  throwIfAny([...fleetProblems(fleet), ...unsupported(fleet), ...unknown]);

  const hostNetworking = fleet.hostNetworkPodsPerNode ?? HOST_NETWORK_PODS;
  const instances = fleet.instances.map(({ type, count, podsPerNode }) => {
    const ipv4PerEni = lookUp(type)?.ipv4PerEni ?? NaN;
    const activeEnis = Math.ceil(podsPerNode / ipv4PerEni);
    const activeIps = podsPerNode + hostNetworking;
    const byEni = fleet.warmIpTarget === undefined;
    const attachedEnis = activeEnis + (byEni ? (fleet.warmEniTarget ?? 1) : 0);
    const addressesPerNode = attachedEnis * ipv4PerEni + hostNetworking;
    const short = addressesPerNode - activeIps < (fleet.warmIpTarget ?? 0);
    return {
      type,
      count,
      podsPerNode,
      activeIps,
      warmIps: addressesPerNode - activeIps,
      activeEnis,
      warmEnis: byEni ? attachedEnis - activeEnis : Number(short),
      addressesPerNode,
    };
  });
  const prefixLength = subnetPrefixLength(at(fleet.subnets, 0));
  const available = addressCount(prefixLength) - 2;
  const used = sum(instances, ({ addressesPerNode, count }) => addressesPerNode * count);
  const remaining = available - used;
  return {
    totals: { pods: sum(instances, ({ podsPerNode, count }) => podsPerNode * count), used, remaining },
    subnets: [{ prefixLength, available, used, remaining }],
    instances,
    fits: remaining >= 0,
    binding: "subnet",
  };
}

/** Where the spreadsheet's result for a fleet differs from the real one, and why. */
export function compareToSpreadsheet(
  fleet: Fleet,
  size: FleetSize,
  lookUp: InstanceTypeLookup = lookUpInTable,
): SpreadsheetComparison {
  const gaps = unsupported(fleet);
  if (gaps.length > 0) {
    return {
      totals: null,
      differences: gaps.map(({ path, reason }) => ({
        topic: path,
        spreadsheet: "can't express it",
        here: "computed",
        why: reason,
      })),
    };
  }
  const theirs = sizeBySpreadsheet(fleet, lookUp);
  return { totals: theirs.totals, differences: differencesOf(fleet, size, theirs) };
}

function differencesOf(fleet: Fleet, size: FleetSize, theirs: SpreadsheetSize): SpreadsheetDifference[] {
  const [subnet] = theirs.subnets;
  const real = at(size.subnets, 0);
  const host = fleet.hostNetworkPodsPerNode ?? HOST_NETWORK_PODS;
  const daemonSetPods = fleet.daemonSetPodsPerNode ?? 0;
  const limited = size.instances.filter((row) => row.podsHostedPerNode < row.podsPerNode);
  const differences: SpreadsheetDifference[] = [
    {
      topic: "addresses of the subnet",
      spreadsheet: `${subnet.available}`,
      here: `${real.available}`,
      why: "AWS keeps 5 addresses of every subnet, not 2.",
    },
    {
      topic: "pods per ENI",
      spreadsheet: "all of its addresses",
      here: "all but one",
      why: "An ENI's primary address is its own; no pod gets it.",
    },
  ];
  if (host > 0) {
    differences.push({
      topic: "hostNetwork pods",
      spreadsheet: `${host} addresses per node`,
      here: "none",
      why: "They share the primary address of the node, which is counted with its ENI.",
    });
  }
  if (daemonSetPods > 0) {
    differences.push({
      topic: "DaemonSet pods",
      spreadsheet: "none: its cell is in no formula",
      here: `${daemonSetPods} addresses per node`,
      why: "A DaemonSet pod without hostNetwork takes an address like any other.",
    });
  }
  if (fleet.customNetworking === true) {
    differences.push({
      topic: "custom networking",
      spreadsheet: "not modelled",
      here: "one ENI less per node",
      why: "The primary ENI carries no pods and takes no address of the pod subnet.",
    });
  }
  if (fleet.warmIpTarget !== undefined) {
    differences.push({
      topic: "warm addresses",
      spreadsheet: "whole ENIs, without the warm ENI that it says is needed",
      here: "single addresses",
      why: "With WARM_IP_TARGET the CNI attaches addresses one by one.",
    });
  }
  if (limited.length > 0) {
    differences.push({
      topic: "pods hosted",
      spreadsheet: `${theirs.totals.pods}`,
      here: `${size.totals.pods}`,
      why: `It never looks at max pods or at the ENIs an instance can have (${limited.map(({ type }) => type).join(", ")}).`,
    });
  }
  return differences;
}

/** What the sheets declare unsupported, or have no place for. */
function unsupported(fleet: Fleet): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, reason: string, fix: string) => problems.push({ path, reason, fix });
  if (fleet.subnets.length > 1) {
    add(
      "subnets",
      `the spreadsheet knows a single subnet, and there are ${fleet.subnets.length}.`,
      "Give one, with the nodes that are in it.",
    );
  }
  if (fleet.prefixDelegation === true) {
    add("prefixDelegation", "the spreadsheet does not support prefix delegation.", "Leave it out.");
  }
  if (fleet.minimumIpTarget !== undefined) {
    add("minimumIpTarget", "the spreadsheet does not support MINIMUM_IP_TARGET.", "Leave it out.");
  }
  if (fleet.warmEniTarget !== undefined && fleet.warmIpTarget !== undefined) {
    add(
      "warmEniTarget",
      "the spreadsheet has a sheet for WARM_ENI_TARGET and one for WARM_IP_TARGET, none for both.",
      "Leave one of them out.",
    );
  }
  return problems;
}
