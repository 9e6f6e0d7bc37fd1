import type { TaintFacts } from "../podNetwork/clusterFacts";
import { shown, type Problem } from "../problem";
import { architectureOf, architectureOfImage } from "./architecture";
import { copiedSettings, type WorkerSource } from "./copiedSettings";
import { likeNotes, likeProblems } from "./likeProblems";
import { labelProblems } from "./workerLabels";
import { requestProblems } from "./requestProblems";
import { workerMaxPods } from "./workerMaxPods";
import type { WorkerRequest } from "./workerRequest";

/** What the workers of one zone are to be. */
export interface WorkerPlan {
  readonly instanceTypes: readonly string[];
  /** None with an image of one's own. */
  readonly amiType?: string;
  readonly capacityType?: string;
  /** In GiB. */
  readonly diskSize?: number;
  /** Where it is copied. */
  readonly nodeRoleArn?: string;
  readonly minSize: number;
  readonly maxSize: number;
  /** Without that of the ENIConfig. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintFacts[];
  /** Those that are copied. */
  readonly tags: Readonly<Record<string, string>>;
  readonly maxPods?: number;
  readonly maxPodsExpression?: string;
}

/** A plan of workers, or what forbids it. */
export interface WorkerPlanning {
  readonly plan: WorkerPlan;
  readonly problems: readonly Problem[];
  /** What a person should know. */
  readonly notes: readonly string[];
}

/**
 * What workers are to be: what is given, and where nothing is, what their source has.
 *
 * Labels, tags and taints are put together, those that are given first: a label that got lost would leave the pods that
 * ask for it without a node.
 *
 * @param zones in which they will be.
 */
export function planWorkers(
  request: WorkerRequest,
  zones: readonly string[],
  source?: WorkerSource,
): WorkerPlanning {
  const copied = source && copiedSettings(source);
  const instanceTypes = request.instanceTypes ?? copied?.instanceTypes ?? [];
  const amiType = amiTypeOf(request, instanceTypes, copied?.amiType);
  const carried = workerMaxPods(instanceTypes, request);
  const capacityType = request.capacityType ?? copied?.capacityType;
  const diskSize = request.diskSize ?? copied?.diskSize;
  const maxSize = request.maxSize ?? copied?.maxSize;
  const isCopy = source !== undefined && !source.isOwn;
  return {
    plan: {
      instanceTypes,
      ...(amiType !== undefined && { amiType }),
      ...(capacityType !== undefined && { capacityType }),
      ...(diskSize !== undefined && { diskSize }),
      ...(copied !== undefined && { nodeRoleArn: copied.nodeRoleArn }),
      minSize: request.minSize ?? 0,
      maxSize: maxSize ?? 0,
      labels: { ...copied?.labels, ...request.labels },
      taints: together(request.taints ?? [], copied?.taints ?? []),
      tags: copied?.tags ?? {},
      ...(carried.maxPods !== undefined && { maxPods: carried.maxPods }),
      ...(carried.maxPodsExpression !== undefined && { maxPodsExpression: carried.maxPodsExpression }),
    },
    problems: [
      ...requestProblems({ ...request, maxSize }),
      ...labelProblems(request.labels ?? {}, request.eniConfig, zones),
      ...(isCopy ? likeProblems(source.group, request) : []),
      ...missingProblems(request, source, maxSize),
      ...architectureProblems(instanceTypes, amiType),
      ...carried.problems,
    ],
    notes: [
      ...(isCopy ? likeNotes(source.group, request) : []),
      ...(isCopy && request.amiType === undefined && !request.hasImage ? (copied?.notes ?? []) : []),
      ...carried.notes,
    ],
  };
}

/** EKS's own image, of the architecture of the instances; none where there is an image of one's own. */
function amiTypeOf(
  { amiType, hasImage, kind }: WorkerRequest,
  [type]: readonly string[],
  copied: string | undefined,
): string | undefined {
  if (hasImage || kind === "autoScaling") return amiType;
  return amiType ?? copied ?? `AL2023_${type === undefined ? "x86_64" : architectureOf(type)}_STANDARD`;
}

/**
 * Those that are given, and those that are copied and not given with another value; in an order of their own, for EKS
 * answers them in another one than it was told.
 */
function together(given: readonly TaintFacts[], copied: readonly TaintFacts[]): TaintFacts[] {
  const isGiven = (taint: TaintFacts) =>
    given.some(({ key, effect }) => key === taint.key && effect === taint.effect);
  const inOrder = ({ key, effect }: TaintFacts) => `${key}:${effect}`;
  return [...given, ...copied.filter((taint) => !isGiven(taint))].sort((a, b) =>
    inOrder(a) < inOrder(b) ? -1 : 1,
  );
}

function missingProblems(
  { kind, hasNodeRole, instanceTypes }: WorkerRequest,
  source: WorkerSource | undefined,
  maxSize: number | undefined,
): Problem[] {
  if (source !== undefined) return [];
  const missing = (path: string, example: string) => ({
    path,
    reason: "is missing.",
    fix: `Give ${example}, or the group to copy: like.`,
  });
  return [
    ...(instanceTypes === undefined ? [missing("instanceTypes", "them, such as m5.large")] : []),
    ...(kind === "managed" && !hasNodeRole ? [missing("nodeRoleArn", "the role of the nodes")] : []),
    ...(maxSize === undefined ? [missing("maxSize", "how many nodes a zone has at the most")] : []),
  ];
}

function architectureProblems(instanceTypes: readonly string[], amiType: string | undefined): Problem[] {
  const [first] = instanceTypes;
  if (first === undefined) return [];
  const expected = amiType === undefined ? architectureOf(first) : architectureOfImage(amiType);
  const strangers = instanceTypes.filter((type) => architectureOf(type) !== expected);
  if (strangers.length === 0) return [];
  return [
    {
      path: "instanceTypes",
      reason: `${strangers.map((type) => shown(type)).join(", ")} can't start the image of the group: ${amiType ?? first} is ${expected}.`,
      fix: "Give types of one architecture, and amiType or imageId of the same.",
    },
  ];
}
