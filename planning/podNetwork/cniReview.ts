import { askedEnvProblems, togetherProblems, type AskedEnv } from "../awsNode/askedEnv";
import { customNetworkingProblems } from "../awsNode/customNetworking";
import { cniVersionOf, envOf, type LiveDaemonSet } from "../awsNode/liveDaemonSet";
import { versionStepProblems } from "../awsNode/versionStep";
import type { Problem } from "../problem";
import { eniConfigsOfAddOn, rivalProblems } from "./addOn";

/** A change of the CNI, and the cluster that it is for. */
export interface CniChange {
  readonly live: LiveDaemonSet;
  readonly asked: AskedEnv;
  /** What the managed add-on is configured with; undefined where there is none. */
  readonly configurationValues: string | undefined;
  /** The version of an add-on that takes the place of a self-managed CNI; undefined where none does. */
  readonly convertsTo: string | undefined;
  readonly zonesWithNodes: readonly string[];
  /** The ENIConfigs that there are or will be, but for those that the add-on makes. */
  readonly eniConfigNames: readonly string[];
  readonly force: readonly string[];
}

/** What forbids a change of the CNI in the cluster as it is. */
export function cniChangeProblems({
  live,
  asked,
  configurationValues,
  convertsTo,
  zonesWithNodes,
  eniConfigNames,
  force,
}: CniChange): Problem[] {
  const version = cniVersionOf(live);
  const now = { env: envOf(live, "aws-node"), initEnv: envOf(live, "aws-vpc-cni-init") };
  return [
    // Of a managed add-on, the version was known before.
    ...(configurationValues === undefined ? askedEnvProblems(asked, convertsTo ?? version) : []),
    ...(convertsTo === undefined || version === undefined ? [] : versionStepProblems(version, convertsTo)),
    ...togetherProblems(now, asked),
    ...customNetworkingProblems({
      live: now.env,
      asked: asked.env,
      zonesWithNodes,
      eniConfigNames: [...eniConfigNames, ...eniConfigsOfAddOn(configurationValues)],
      force,
    }),
    ...rivalProblems(configurationValues, eniConfigNames),
  ];
}
