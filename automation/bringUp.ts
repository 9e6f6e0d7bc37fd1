import { fromEnv, type Env } from "../planning/awsNode/env";
import type { AwsNodeSettings } from "../planning/awsNode/settings";
import type { Allowance } from "../planning/guard/allowance";
import { isObject } from "../planning/isObject";
import { POD_NETWORK_SETTINGS } from "../planning/podNetwork/awsNodeSettings";
import { awaitAwsNode, type AwsNodeProgress } from "./awsNodeRollout";
import { awaitBlocks } from "./awaitBlocks";
import { recordCni } from "./cniRecord";
import { cniVersionsBefore, wantedCniVersion, withCniVersion } from "./cniVersionSteps";
import type { ClusterOutside } from "./connect";
import { awaitControlPlane, type Reached, type ReachProgress } from "./controlPlaneReach";
import type { Environment } from "./environments";
import { checkFirstNode } from "./firstNode";
import { guardedUp, type Done, type GuardedUpEvent, type Refused } from "./guardedUp";
import { connectKubernetes } from "./kubernetes";
import { podSubnetsOf } from "./podNetworkOutputs";
import { checkedStackFile, clusterNameOf, openStack, type StackFile, type StackOptions } from "./stack";
import { stackSettings } from "./stackSettings";

/** What happens while an environment is brought up. */
export type BringUpEvent =
  | GuardedUpEvent
  /** One update of several begins, in which the CNI goes to this version. */
  | { readonly kind: "cniVersion"; readonly version: string; readonly step: number; readonly of: number }
  /** The blocks are associated; aws-node takes its settings. */
  | { readonly kind: "awsNode"; readonly progress?: AwsNodeProgress }
  | { readonly kind: "controlPlane"; readonly progress?: ReachProgress };

/** How an environment is brought up. */
export interface BringUpOptions extends StackOptions {
  /** Dangers that somebody allows. @default none */
  readonly allow?: readonly Allowance[];
  /** Whether it is waited until the control plane reaches the new range. @default no */
  readonly controlPlane?: {
    /** @default 18000, the five hours that EKS may take */
    readonly deadlineSeconds?: number | undefined;
  };
}

/** The outside of bringing up; what happens is told to `onEvent`. */
export type BringUpOutside = ClusterOutside & { readonly onEvent: (event: BringUpEvent) => void };

/** What came of it. */
export type BroughtUp =
  | Refused
  | (Done & {
      /** How far aws-node is with its settings: everywhere. */
      readonly awsNode: AwsNodeProgress;
      /** Whether its settings have nodes take addresses of the pod subnets for pods. */
      readonly customNetworking: boolean;
      /** Where it was waited for. */
      readonly controlPlane?: Reached;
    });

/**
 * Brings an environment up: range, subnets, ENIConfigs, settings of the CNI, workers; under the guard, in several updates
 * where the CNI has to go through versions, and with what is in force looked at after each.
 *
 * How the CNI was set is written down before the first change. What is there already stays as it is, so that it can be
 * done again at any time, and goes on where it was stopped.
 *
 * @throws InvalidFileError where it is to wait for the control plane and nothing makes a first node; UpdateFailedError,
 *   UpdateInterruptedError, PulumiError, MissingOutputsError; BlockError, AwsNodeError, ReachError; KubernetesError; what
 *   AWS answers; the signal's reason when it is aborted.
 */
export async function bringUp(
  environment: Environment,
  options: BringUpOptions,
  outside: BringUpOutside,
): Promise<BroughtUp> {
  try {
    return await inAllUpdates(environment, options, outside);
  } catch (error) {
    // The SDK of AWS says that a request was aborted, and not why.
    if (error instanceof Error && error.name === "AbortError") outside.signal.throwIfAborted();
    throw error;
  }
}

async function inAllUpdates(
  environment: Environment,
  { allow = [], controlPlane, ...stackOptions }: BringUpOptions,
  outside: BringUpOutside,
): Promise<BroughtUp> {
  const { ec2, eks, kubeConfig, clock, signal, onEvent } = outside;
  const stackFile = checkedStackFile(`bringing ${environment.name} up`, environment, stackOptions.workDir);
  const settings = settingsOf(stackFile);
  const kubernetes = connectKubernetes(kubeConfig, { clock, signal });
  const stack = await openStack(environment, stackOptions);
  const clusterName = await clusterNameOf(stack);
  if (controlPlane !== undefined) {
    await checkFirstNode(stackFile, await podSubnetsOf(stack), { ...outside, kubernetes });
  }

  const update = async (configFile?: string): Promise<Refused | (Done & { awsNode: AwsNodeProgress })> => {
    const result = await guardedUp(
      stack,
      {
        allow,
        ...(configFile !== undefined && { configFile }),
        beforeUpdate: async () => {
          await recordCni(clusterName, { kubernetes, eks, signal });
        },
      },
      { signal, onEvent },
    );
    if (result.outcome === "refused") return result;
    onEvent({ kind: "awsNode" });
    await awaitBlocks(result.outputs, { ec2, clock, signal });
    const awsNode = await awaitAwsNode({
      kubernetes,
      clock,
      signal,
      settings,
      onProgress: (progress) => {
        onEvent({ kind: "awsNode", progress });
      },
    });
    return { ...result, awsNode };
  };

  const wanted = wantedCniVersion(stackFile);
  const versions = await cniVersionsBefore(clusterName, wanted, { eks, signal });
  const of = versions.length + 1;
  const before: Done[] = [];
  for (const [index, version] of versions.entries()) {
    onEvent({ kind: "cniVersion", version, step: index + 1, of });
    const result = await withCniVersion(stackFile, version, update);
    if (result.outcome === "refused") return result;
    before.push(result);
  }
  if (wanted !== undefined && of > 1) onEvent({ kind: "cniVersion", version: wanted, step: of, of });
  const last = await update();
  if (last.outcome === "refused") return last;
  const { customNetworking = false } = settings;
  const done = { ...together(before, last), customNetworking };
  if (controlPlane === undefined) return done;

  onEvent({ kind: "controlPlane" });
  const { deadlineSeconds } = controlPlane;
  const reached = await awaitControlPlane(done.outputs, {
    ...outside,
    ...(deadlineSeconds !== undefined && { deadlineSeconds }),
    onProgress: (progress) => {
      onEvent({ kind: "controlPlane", progress });
    },
  });
  return { ...done, controlPlane: reached };
}

/** What aws-node has to run with: the settings of a pod network, but where the configuration forces others. */
function settingsOf(stackFile: StackFile): AwsNodeSettings {
  const { cni } = stackSettings(stackFile);
  const env = isObject(cni) && isObject(cni.env) ? (cni.env as Env) : {};
  const { customNetworking, eniConfigLabelDef } = { ...POD_NETWORK_SETTINGS, ...fromEnv(env).settings };
  return { customNetworking, eniConfigLabelDef };
}

/** The last of several updates, with what those before it changed. */
function together<T extends Done>(before: readonly Done[], last: T): T {
  return {
    ...last,
    dangers: [...before, last].flatMap(({ dangers }) => dangers),
    changes: [...before, last].flatMap(({ changes }) => changes),
    diagnostics: [...before, last].flatMap(({ diagnostics }) => diagnostics),
  };
}
