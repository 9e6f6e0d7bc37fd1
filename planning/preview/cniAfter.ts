import { fromEnv } from "../awsNode/env";
import { isObject } from "../isObject";
import type { ResourceChange } from "../stack/resourceChange";

/** How the CNI is set, as far as it decides about addresses for pods. */
export interface CniOutlook {
  /** AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG. */
  readonly customNetworking: boolean;
  /** ENABLE_PREFIX_DELEGATION. */
  readonly prefixDelegation: boolean;
  /** MAX_ENI, where it is set. */
  readonly maxEni: number | undefined;
}

/**
 * How the CNI is set after the changes of a stack.
 *
 * What a change does not set stays as it is: the add-on's configuration and a patch of the DaemonSet are both laid over
 * what is there.
 *
 * @param today how it is set; none where that was not seen.
 * @returns none where neither is known.
 */
export function cniAfter(
  today: CniOutlook | undefined,
  changes: readonly ResourceChange[],
): CniOutlook | undefined {
  const env = changes.map(envOf).findLast((one) => one !== undefined);
  if (env === undefined) return today;
  const { customNetworking, prefixDelegation, maxEni } = fromEnv(env).settings;
  return {
    customNetworking: customNetworking ?? today?.customNetworking ?? false,
    prefixDelegation: prefixDelegation ?? today?.prefixDelegation ?? false,
    maxEni: maxEni ?? today?.maxEni,
  };
}

type Env = Readonly<Record<string, string>>;

/** The variables that a change gives aws-node, where it gives any. */
function envOf({ type, after = {} }: ResourceChange): Env | undefined {
  if (type === "aws:eks/addon:Addon" && after.addonName === "vpc-cni") {
    return envOfConfiguration(after.configurationValues);
  }
  if (/^kubernetes:apps\/v\d\w*:DaemonSet(Patch)?$/.test(type)) return envOfDaemonSet(after);
  return undefined;
}

function envOfConfiguration(values: unknown): Env | undefined {
  if (typeof values !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(values);
    return isObject(parsed) && isObject(parsed.env) ? textsOf(Object.entries(parsed.env)) : undefined;
  } catch {
    // Not known before the update, or nothing that EKS would take.
    return undefined;
  }
}

function envOfDaemonSet({ metadata, spec }: Readonly<Record<string, unknown>>): Env | undefined {
  if (!isObject(metadata) || metadata.name !== "aws-node") return undefined;
  const template = isObject(spec) ? spec.template : undefined;
  const podSpec = isObject(template) ? template.spec : undefined;
  const containers: unknown = isObject(podSpec) ? podSpec.containers : undefined;
  const main: unknown = Array.isArray(containers)
    ? containers.find((one: unknown) => isObject(one) && one.name === "aws-node")
    : undefined;
  const entries: unknown = isObject(main) ? main.env : undefined;
  if (!Array.isArray(entries)) return undefined;
  return textsOf(
    entries.flatMap((entry: unknown): [string, unknown][] =>
      isObject(entry) && typeof entry.name === "string" ? [[entry.name, entry.value]] : [],
    ),
  );
}

function textsOf(entries: readonly (readonly [string, unknown])[]): Env {
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}
