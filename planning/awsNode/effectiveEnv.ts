import { shown, type Problem } from "../problem";
import type { AskedEnv } from "./askedEnv";
import type { Env } from "./env";
import type { AwsNodeContainer } from "./envTable";
import { valueManagers } from "./fieldManagers";
import { envListOf, envOf, isAbsent, type LiveDaemonSet } from "./liveDaemonSet";

/**
 * Where the environment that is in force is not what was asked for, with who holds the variable.
 *
 * EKS can report an update as done that left variables alone, because somebody else holds them.
 */
export function effectiveEnvProblems(live: LiveDaemonSet, { env, initEnv }: AskedEnv): Problem[] {
  return [
    ...differences(live, "aws-node", "env", env),
    ...differences(live, "aws-vpc-cni-init", "initEnv", initEnv),
  ];
}

function differences(live: LiveDaemonSet, container: AwsNodeContainer, path: string, asked: Env): Problem[] {
  const inForce = envOf(live, container);
  const managers = valueManagers(live, container);
  return Object.entries(asked).flatMap(([name, value]) => {
    if (
      Object.hasOwn(inForce, name)
        ? inForce[name] === value
        : value === "" && !isListed(live, container, name)
    ) {
      return [];
    }
    const holders = managers.get(name) ?? [];
    const now = nowOf(live, container, name);
    return [
      {
        path: `${path}.${name}`,
        reason:
          `${shown(value)} was asked for, and ${container} has ${now}` +
          (holders.length > 0 ? `, which the field manager ${holders.join(" and ")} holds.` : "."),
        fix:
          (holders.length > 0 ? `Have ${holders.join(" and ")} stop setting it` : "Find out who sets it") +
          ", then set it back: kubectl set env daemonset/aws-node --namespace kube-system " +
          `--containers ${container} ${name}=${value}. Or give the value here that is to stay.`,
      },
    ];
  });
}

function isListed(live: LiveDaemonSet, container: AwsNodeContainer, name: string): boolean {
  return envListOf(live, container).some((entry) => entry.name === name);
}

function nowOf(live: LiveDaemonSet, container: AwsNodeContainer, name: string): string {
  const entry = envListOf(live, container).find((one) => one.name === name);
  if (entry === undefined) return "none";
  return isAbsent(entry.valueFrom) ? shown(entry.value ?? "") : "one from elsewhere (valueFrom)";
}
