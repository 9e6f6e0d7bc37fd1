import type { Problem } from "../problem";
import { fromEnv, type Env } from "./env";
import { AWS_NODE_SETTINGS, containersOf, ENV_TABLE } from "./envTable";
import { reviewSettings } from "./rules";

/** The variables that are asked for, by container. */
export interface AskedEnv {
  /** Of the container aws-node. */
  readonly env: Env;
  /** Of the init container, aws-vpc-cni-init. */
  readonly initEnv: Env;
}

/**
 * What is wrong with variables that are asked for, whatever the cluster has: values that the CNI can't read, variables
 * of the other container, and those that the version in use does not know.
 *
 * @param cniVersion such as `v1.18.3-eksbuild.1`; nothing is said about versions where it is not known or is none.
 */
export function askedEnvProblems({ env, initEnv }: AskedEnv, cniVersion?: string): Problem[] {
  const main = fromEnv(env);
  const init = fromEnv({}, initEnv);
  const { settings } = fromEnv(env, initEnv);
  const asked = reviewSettings(settings, { cniVersion }).problems;
  const alone = new Set(reviewSettings(settings).problems.map(({ path, reason }) => `${path} ${reason}`));
  return [
    ...strayProblems({ env, initEnv }),
    ...main.problems,
    ...init.problems.map((problem) => ({ ...problem, path: problem.path.replace(/^env\./, "initEnv.") })),
    // Those about the version only: how the settings fit together is seen with all that are live.
    ...asked
      .filter(({ path, reason }) => path !== "cniVersion" && !alone.has(`${path} ${reason}`))
      .map(atVariable),
  ];
}

/**
 * What can't be of all variables together, as they will be in force: those that are live, with the ones asked for.
 * What is out of order already and not touched is not held against anybody.
 *
 * @param isComplete whether `live` is all that the DaemonSet has, and not what the add-on is configured with alone.
 */
export function togetherProblems(live: AskedEnv, asked: AskedEnv, isComplete = true): Problem[] {
  const review = (all: AskedEnv) =>
    reviewSettings(fromEnv(all.env, all.initEnv).settings, { isComplete }).problems;
  const before = new Set(review(live).map(({ path, reason }) => `${path} ${reason}`));
  const after = review({
    env: { ...live.env, ...asked.env },
    initEnv: { ...live.initEnv, ...asked.initEnv },
  });
  return after.filter(({ path, reason }) => !before.has(`${path} ${reason}`)).map(atVariable);
}

/** Variables of one container that are given to the other, where nobody reads them. */
function strayProblems({ env, initEnv }: AskedEnv): Problem[] {
  return AWS_NODE_SETTINGS.flatMap((setting) => {
    const variable = ENV_TABLE[setting].env;
    const readers = containersOf(setting);
    const stray = (path: string, other: string, container: string): Problem => ({
      path: `${path}.${variable}`,
      reason: `${container} does not read it.`,
      fix: `Give it in ${other}.`,
    });
    return [
      ...(Object.hasOwn(env, variable) && !readers.includes("aws-node")
        ? [stray("env", "initEnv", "the container aws-node")]
        : []),
      ...(Object.hasOwn(initEnv, variable) && !readers.includes("aws-vpc-cni-init")
        ? [stray("initEnv", "env", "the init container")]
        : []),
    ];
  });
}

/** The rules speak of settings; people give variables. */
function atVariable(problem: Problem): Problem {
  const setting = AWS_NODE_SETTINGS.find((name) => name === problem.path);
  if (setting === undefined) return problem;
  const list = containersOf(setting).includes("aws-node") ? "env" : "initEnv";
  return { ...problem, path: `${list}.${ENV_TABLE[setting].env}` };
}
