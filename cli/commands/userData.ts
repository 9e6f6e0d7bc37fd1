import { z } from "zod";
import { CUSTOM_NETWORKING_MAX_PODS } from "../../planning/userData/nodeConfig";
import { TAINT_EFFECTS, type ClusterCoordinates, type Taint } from "../../planning/userData/nodeSettings";
import { NODE_FAMILIES, NODE_GROUP_KINDS, nodeUserData } from "../../planning/userData/nodeUserData";
import { InvalidInputError, shown, throwIfAny, type Problem } from "../../planning/problem";
import { readBySchema } from "../../planning/schemaProblems";
import { command, type Answer } from "../command";
import { choice, items, refuse, required, text, textOr, wholeNumber, yes } from "../flag";
import { readInputFile } from "../inputFile";
import type { Io } from "../io";

/** `podnet user-data` */
export const userData = command({
  flags: {
    family: required(choice("the operating system", NODE_FAMILIES)),
    nodeGroup: choice(
      "managed: EKS merges its part (default); own-ami: a managed group with an AMI of its own; self-managed",
      NODE_GROUP_KINDS,
    ),
    cluster: text("<file>", "where the cluster is: the output of aws eks describe-cluster"),
    clusterName: text("<name>", "the name of the cluster"),
    apiServerEndpoint: text("<url>", "its API server"),
    certificateAuthority: text("<base64>", "its certificate authority"),
    serviceCidr: text("<cidr>", "its service range"),
    maxPods: wholeNumber("kubelet's max pods", 1, 10_000),
    maxPodsExpression: textOr(
      "[cel]",
      CUSTOM_NETWORKING_MAX_PODS,
      `have nodeadm (AL2023) compute max pods; without a value ${CUSTOM_NETWORKING_MAX_PODS}`,
    ),
    label: items("<key=value...>", "labels that the node registers with", readLabel),
    taint: items("<key=value:effect...>", "taints that the node registers with", readTaint),
    base64: yes("print it in base64, as launch templates take it"),
  },
  flagsFile: true,
  help: `Examples:
  aws eks describe-cluster --name prod-main > cluster.json
  podnet user-data --family al2023 --node-group own-ami --cluster cluster.json --max-pods 20
  podnet user-data --family bottlerocket --cluster-name prod-main --max-pods 20 --base64
  podnet user-data --family al2023 --node-group self-managed --cluster cluster.json --max-pods-expression
  podnet user-data --family al2 --node-group self-managed --cluster-name prod-main --max-pods 20 \\
    --label example.com/pods=secondary --taint example.com/new=true:NoSchedule

The user data alone goes to standard output; what to know of it goes to standard error.`,
  flagOf: (path) =>
    path
      .replace(/^cluster\.(apiServerEndpoint|certificateAuthority|serviceCidr)$/, "$1")
      .replace(/^labels\./, "label ")
      .replace(/^labels/, "label")
      .replace(/^taints/, "taint"),

  run(_args, flags, io): Answer {
    const { family = "al2023", nodeGroup = "managed", maxPodsExpression } = flags;
    const described = flags.cluster === undefined ? undefined : readCluster(io, flags.cluster);
    const { clusterName = described?.clusterName ?? "" } = flags;
    const another = described !== undefined && described.clusterName !== clusterName;
    const coordinates = {
      apiServerEndpoint: flags.apiServerEndpoint ?? described?.apiServerEndpoint,
      certificateAuthority: flags.certificateAuthority ?? described?.certificateAuthority,
      serviceCidr: flags.serviceCidr ?? described?.serviceCidr,
    };
    throwIfAny([
      ...(clusterName === "" ? [missing("clusterName")] : []),
      ...(another ? [notThatCluster(clusterName, described.clusterName)] : []),
      ...halfGiven(coordinates),
      ...labelsGivenTwice(flags.label ?? []),
    ]);

    const result = nodeUserData(family, nodeGroup, {
      clusterName,
      cluster: isComplete(coordinates) ? coordinates : undefined,
      maxPods: flags.maxPods,
      maxPodsExpression,
      labels: Object.fromEntries(flags.label ?? []),
      taints: flags.taint,
    });
    const base64 = Buffer.from(result.text).toString("base64");
    return {
      json: {
        userData: result.text,
        base64,
        ...(result.bootstrapArguments !== undefined && { bootstrapArguments: result.bootstrapArguments }),
        notes: result.notes,
      },
      text: flags.base64 === true ? base64 : result.text,
      notes: result.notes,
    };
  },
});

type Coordinates = { readonly [K in keyof ClusterCoordinates]: string | undefined };

function missing(path: string): Problem {
  return {
    path,
    reason: "is missing.",
    fix: "Give it, or --cluster with what aws eks describe-cluster prints.",
  };
}

function notThatCluster(clusterName: string, described: string): Problem {
  return {
    path: "clusterName",
    reason: `${shown(clusterName)} is not the cluster of --cluster, ${shown(described)}.`,
    fix: "Leave it out, or give the description of that cluster.",
  };
}

function labelsGivenTwice(labels: readonly (readonly [string, string])[]): Problem[] {
  return labels.flatMap(([key], index) => {
    const twin = labels.findIndex(([other]) => other === key);
    if (twin === index) return [];
    return [{ path: "label", reason: `${shown(key)} is given twice.`, fix: "Give each key once." }];
  });
}

/** Coordinates are of use together only; without any, EKS or the node itself finds them. */
function halfGiven(coordinates: Coordinates): Problem[] {
  const absent = Object.entries(coordinates).filter(([, value]) => value === undefined);
  if (absent.length === Object.keys(coordinates).length) return [];
  return absent.map(([path]) => missing(path));
}

function isComplete(coordinates: Coordinates): coordinates is ClusterCoordinates {
  return Object.values(coordinates).every((value) => value !== undefined);
}

const describedCluster = z
  .object({
    cluster: z.object({
      name: z.string().describe("the name of the cluster"),
      endpoint: z.string().describe("the address of its API server"),
      certificateAuthority: z.object({ data: z.string().describe("its certificate authority in base64") }),
      kubernetesNetworkConfig: z.object({
        serviceIpv4Cidr: z.string().describe("the service range of an IPv4 cluster"),
      }),
    }),
  })
  .describe("what aws eks describe-cluster prints");

function readCluster(io: Io, file: string): Coordinates & { readonly clusterName: string } {
  return readInputFile(io, file).use((value) => {
    const read = readBySchema(describedCluster, value);
    if ("problems" in read) throw new InvalidInputError(read.problems);
    const { cluster } = read.value;
    return {
      clusterName: cluster.name,
      apiServerEndpoint: cluster.endpoint,
      certificateAuthority: cluster.certificateAuthority.data,
      serviceCidr: cluster.kubernetesNetworkConfig.serviceIpv4Cidr,
    };
  });
}

/** `key=value`; the value may be empty. */
function readLabel(given: string) {
  const [, key, value] = /^([^=]+)=([^]*)$/.exec(given) ?? [];
  return key === undefined || value === undefined
    ? refuse(`${shown(given)} is not a label.`, "Write it as example.com/team=platform.")
    : { value: [key, value] as const };
}

/** `key=value:effect` or `key:effect`, as kubectl taint takes them. */
function readTaint(given: string) {
  const [, key, value = "", word] = /^([^=:]+)(?:=([^:]*))?:(.*)$/.exec(given) ?? [];
  const effect = TAINT_EFFECTS.find((candidate) => candidate === word);
  return key === undefined || effect === undefined
    ? refuse(
        `${shown(given)} is not a taint.`,
        `Write it as example.com/new=true:NoSchedule; effects are ${TAINT_EFFECTS.join(", ")}.`,
      )
    : { value: { key, value, effect } satisfies Taint };
}
