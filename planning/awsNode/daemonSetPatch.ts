import { InvalidInputError, throwIfAny, type Problem } from "../problem";
import type { AskedEnv } from "./askedEnv";
import type { Env } from "./env";
import type { AwsNodeContainer } from "./envTable";
import { envListOf, isAbsent, LIST_OF, siblingsOf, type LiveDaemonSet } from "./liveDaemonSet";
import { mergeEnvList, type EnvVar } from "./merge";

/** Part of a container: nothing but its name, or its variables as well. */
export interface PatchedContainer {
  readonly name: string;
  readonly env?: EnvVar[];
}

/** The containers of the pod template that a patch of aws-node names. */
export interface PatchedContainers {
  readonly containers: PatchedContainer[];
  readonly initContainers?: PatchedContainer[];
}

/**
 * The patch of a self-managed aws-node that sets variables: every live entry, in live order, and then the new ones.
 *
 * Pulumi's Kubernetes plugin compares lists by index. A patch of some entries would be held against whatever stands at
 * their places, and every preview would show a change; for the same reason the containers before those of aws-node are
 * in it, by name alone. Once ours are live they are part of the live order, so that the list stays as it is.
 *
 * @throws InvalidInputError where a container is missing, a variable is twice in the live list, or takes its value
 *   from elsewhere.
 */
export function patchedContainers(live: LiveDaemonSet, { env, initEnv }: AskedEnv): PatchedContainers {
  const main = patched(live, "aws-node", env);
  const init = patched(live, "aws-vpc-cni-init", initEnv);
  throwIfAny([...main.problems, ...init.problems]);
  return {
    containers: main.list,
    ...(init.list.length > 0 && { initContainers: init.list }),
  };
}

function patched(
  live: LiveDaemonSet,
  container: AwsNodeContainer,
  asked: Env,
): { list: PatchedContainer[]; problems: readonly Problem[] } {
  const siblings = siblingsOf(live, container);
  const index = siblings.findIndex(({ name }) => name === container);
  if (index < 0) return { list: [], problems: missingProblems(container, asked) };
  const current = envListOf(live, container).map(asWritten);
  const problems = twiceProblems(container, current);
  if (problems.length > 0) return { list: [], problems };
  try {
    const { env } = mergeEnvList(current, asked);
    return {
      list: [...siblings.slice(0, index).map(({ name }) => ({ name })), { name: container, env }],
      problems,
    };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { list: [], problems: error.problems.map((problem) => inList(container, problem)) };
  }
}

/** Without what Kubernetes leaves out, such as an empty value. */
function asWritten({ name, value, valueFrom }: EnvVar): EnvVar {
  return {
    name,
    ...(!isAbsent(value) && value !== "" && { value }),
    ...(!isAbsent(valueFrom) && { valueFrom }),
  };
}

function missingProblems(container: AwsNodeContainer, asked: Env): Problem[] {
  if (container === "aws-vpc-cni-init" && Object.keys(asked).length === 0) return [];
  return [
    {
      path: `daemonset/aws-node.${LIST_OF[container]}`,
      reason: `there is no container ${container}.`,
      fix: "Install the CNI from AWS's manifest or chart first.",
    },
  ];
}

function twiceProblems(container: AwsNodeContainer, env: readonly EnvVar[]): Problem[] {
  const names = env.map(({ name }) => name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => ({
    path: `daemonset/aws-node.${container}.${name}`,
    reason: "stands twice in the list, which server-side apply can't write.",
    fix: "Remove one of the two (kubectl edit daemonset/aws-node --namespace kube-system).",
  }));
}

function inList(container: AwsNodeContainer, problem: Problem): Problem {
  if (container === "aws-node") return problem;
  return { ...problem, path: problem.path.replace(/^env\./, "initEnv.") };
}
