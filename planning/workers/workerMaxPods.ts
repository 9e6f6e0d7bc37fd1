import { instanceTypeTable } from "../instanceType";
import { groupMaxPods, maxPods, type MaxPods } from "../maxPods";
import { InvalidInputError, shown, type Problem } from "../problem";
import { CUSTOM_NETWORKING_MAX_PODS } from "../userData/nodeConfig";
import type { WorkerRequest } from "./workerRequest";

/** How many pods the nodes of a group may run, where it is not left to EKS. */
export interface WorkerMaxPods {
  readonly maxPods?: number;
  /** For nodeadm of AL2023, where no number is known. */
  readonly maxPodsExpression?: string;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** The settings of aws-node that decide it. */
export type CarrierSettings = Pick<WorkerRequest, "prefixDelegation" | "maxEni">;

/**
 * What each of the types can carry under custom networking. Types that are newer than the table are passed over.
 *
 * @param path of the list of types.
 */
export function carriersOf(
  path: string,
  instanceTypes: readonly string[],
  { prefixDelegation, maxEni }: CarrierSettings,
): { readonly carriers: MaxPods[]; readonly problems: Problem[] } {
  const carriers: MaxPods[] = [];
  const problems: Problem[] = [];
  instanceTypes.forEach((name, index) => {
    const type = instanceTypeTable().get(name);
    if (type === undefined) return;
    try {
      carriers.push(maxPods(type, { customNetworking: true, prefixDelegation, maxEni }));
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.push(...error.problems.map((problem) => ({ ...problem, path: `${path}[${index}]` })));
    }
  });
  return { carriers, problems };
}

/**
 * Max pods of a group's nodes: the smallest of its types', as EKS has it for groups whose images it chooses.
 *
 * Where EKS chooses the image, its own number wins over any other (EKS user guide, "How maxPods is determined"), so none
 * is set then.
 *
 * @param instanceTypes in force; empty where they are not known.
 */
export function workerMaxPods(instanceTypes: readonly string[], request: WorkerRequest): WorkerMaxPods {
  const { carriers, problems } = carriersOf("instanceTypes", instanceTypes, request);
  const notes = unevenNotes(carriers);
  const isLeftToEks = request.kind === "managed" && !request.hasImage;
  if (isLeftToEks) return { problems: [...problems, ...ignoredNumberProblems(request)], notes };
  if (request.maxPods !== undefined) return { maxPods: request.maxPods, problems, notes };
  if (problems.length > 0 || instanceTypes.length === 0) return { problems, notes };

  const unknown = instanceTypes.filter((name) => !instanceTypeTable().has(name));
  if (unknown.length === 0) return { maxPods: groupMaxPods(carriers), problems, notes };
  if (request.osFamily === "al2023" && request.prefixDelegation !== true && request.maxEni === undefined) {
    return { maxPodsExpression: CUSTOM_NETWORKING_MAX_PODS, problems, notes };
  }
  return {
    problems: [
      {
        path: "maxPods",
        reason: `is missing, and how many pods ${unknown.map((name) => shown(name)).join(", ")} can carry is not known here.`,
        fix: `Give the number that podnet max-pods ${unknown.join(" ")} --endpoint live prints.`,
      },
    ],
    notes,
  };
}

function ignoredNumberProblems({ maxPods: given }: WorkerRequest): Problem[] {
  if (given === undefined) return [];
  return [
    {
      path: "maxPods",
      reason: `${given} would be ignored: EKS computes max pods of a managed group whose image it chooses.`,
      fix: "Leave it out, or give an image of your own: imageId and osFamily.",
    },
  ];
}

/** One number goes for all nodes of a group: a type that could carry twice as many is mostly idle. */
function unevenNotes(carriers: readonly MaxPods[]): string[] {
  const sorted = [...carriers].sort((a, b) => a.maxPods - b.maxPods);
  const least = sorted[0];
  const most = sorted.at(-1);
  if (least === undefined || most === undefined || most.maxPods < 2 * least.maxPods) return [];
  return [
    `all nodes of a group run at most as many pods as its smallest type: ${least.maxPods} (${least.instanceType}), though ${most.instanceType} could run ${most.maxPods}. Groups of their own would use it.`,
  ];
}
