import type { AskedEnv } from "../planning/awsNode/askedEnv";
import { settingDrift } from "../planning/liveDrift";
import { isRollbackUnfinished, rollbackToEnd } from "../planning/rollback/unfinishedRollback";
import { verification, type Share, type Verification } from "../planning/rotation/verification";
import type { SmokeTest } from "../planning/verification/smokeTest";
import type { Deviation } from "../planning/verification/deviation";
import { eniConfigDeviations } from "../planning/verification/eniConfigDeviations";
import { podSecurityGroups } from "../planning/verification/podSecurityGroups";
import { containerOf, envOf, getAwsNode } from "./awsNodeDaemonSet";
import { connectKubernetes } from "./kubernetes";
import type { PodNetworkOutputs } from "./podNetworkOutputs";
import { readEniConfigs } from "./preflight/readEniConfigs";
import { eniConfigName } from "./rotation/awsNode";
import { observer } from "./rotation/observe";
import type { ObserverOutside } from "./rotation/outside";
import { readRecord } from "./rotation/record";
import { timed } from "./timed";
import { introspect, type Introspection } from "./verification/introspection";
import { DEFAULT_SMOKE_IMAGE, smokeTest } from "./verification/smokeTest";
import type { VerificationEvent } from "./verification/verificationEvent";

/** Whether every pod of an environment has moved and the pod network is as its stack made it, with what shows it. */
export interface EnvironmentVerification extends Verification {
  /** Whether that is so, and all that was tried worked. */
  readonly isVerified: boolean;
  readonly podCidrs: readonly string[];
  /** What is not as the stack made it. */
  readonly deviations: readonly Deviation[];
  /** Secondary ENIs in pod subnets that carry the security groups of their node's ENIConfig. */
  readonly securityGroups: Share;
  /** What became of new pods; none where none were tried. */
  readonly smoke?: SmokeTest;
  /** What ipamd of each node has; none where it was not asked. */
  readonly deep?: Introspection;
  readonly tookMs: VerificationTimes;
}

/** How long the parts of a verification took, in milliseconds; none for what was not tried. */
export interface VerificationTimes {
  /** To look at nodes, pods, network interfaces and settings. */
  readonly looking: number;
  readonly smoke?: number;
  readonly deep?: number;
}

/** What is verified besides what can be seen. */
export interface VerifyOptions {
  /** Whether new pods are tried, for a few minutes. @default false */
  readonly smoke?: boolean | undefined;
  /** Their image, whose container must run as it is. @default nginx of the EKS user guide's sample */
  readonly smokeImage?: string | undefined;
  /** Whether ipamd of each node is asked. @default false */
  readonly deep?: boolean | undefined;
}

/** What an environment's configuration adds. */
export interface VerifiedStack {
  /** The environment's name, for the commands of ways out. @default the cluster's name */
  readonly environment?: string | undefined;
  /** Variables that it sets on aws-node, besides those of the pod network. @default none */
  readonly asked?: AskedEnv | undefined;
}

/** The outside of verifying. */
export interface VerifyOutside extends ObserverOutside {
  /** Takes what happens while pods are tried and ipamd is asked. @default nothing does */
  readonly onEvent?: ((event: VerificationEvent) => void) | undefined;
}

/**
 * Looks whether every pod of a cluster is in the pod subnets, by the very predicate by which nodes are rotated, and
 * whether security groups, settings and ENIConfigs are as its stack made them.
 *
 * Needs what `observer` needs; in Kubernetes list on eniconfigs, get on configmaps of kube-system; and what `smokeTest`
 * and `introspect` need where they are asked for.
 *
 * @throws whatever the outside throws; the signal's reason when it is aborted.
 */
export async function verify(
  { clusterName, podCidrs, podSubnets, eniConfigs: made }: PodNetworkOutputs,
  outside: VerifyOutside,
  { smoke = false, smokeImage = DEFAULT_SMOKE_IMAGE, deep = false }: VerifyOptions = {},
  { environment = clusterName, asked = { env: {}, initEnv: {} } }: VerifiedStack = {},
): Promise<EnvironmentVerification> {
  const { clock } = outside;
  const beganAtMs = clock.now();
  const kubernetes = connectKubernetes(outside.kubeConfig, outside);
  const observe = observer({ ...outside, kubernetes }, podSubnets);
  const [observed, daemonSet, found, lastRun] = await Promise.all([
    observe(),
    getAwsNode(kubernetes),
    readEniConfigs(kubernetes),
    readRecord(kubernetes),
  ]);
  const takenBy = (node: (typeof observed.nodes)[number]) => eniConfigName(node, observed.awsNode);
  const drifted = settingDrift({
    name: environment,
    env: envOf(containerOf(daemonSet, "aws-node")),
    initEnv: envOf(containerOf(daemonSet, "aws-vpc-cni-init")),
    askedEnv: asked.env,
    askedInitEnv: asked.initEnv,
  });
  const groups = podSecurityGroups(observed, (node) => found.find(({ name }) => name === takenBy(node)));
  const deviations: Deviation[] = isRollbackUnfinished(lastRun, observed.awsNode)
    ? // What else differs follows from it, and is not to be put right one by one.
      [{ about: "rollback", ...rollbackToEnd(environment) }]
    : [
        ...drifted.map(({ title, wayOut }) => ({ about: "settings" as const, title, wayOut })),
        ...eniConfigDeviations({ found, made, podSubnets, takenBy }, observed, environment),
        ...groups.deviations,
      ];
  const moved = verification(observed);
  const looking = clock.now() - beganAtMs;
  const trying = { ...outside, kubernetes, observe, onEvent: outside.onEvent ?? (() => undefined) };
  const ipamd = deep ? await timed(clock, () => introspect(trying)) : undefined;
  const tried = smoke ? await timed(clock, () => smokeTest(trying, smokeImage)) : undefined;
  return {
    ...moved,
    isVerified:
      moved.isVerified &&
      deviations.length === 0 &&
      (ipamd === undefined || isWhole(ipamd.result.nodes)) &&
      (tried === undefined || tried.result.failures.length === 0),
    podCidrs,
    deviations,
    securityGroups: groups.enis,
    ...(tried !== undefined && { smoke: tried.result }),
    ...(ipamd !== undefined && { deep: ipamd.result }),
    tookMs: {
      looking,
      ...(tried !== undefined && { smoke: tried.tookMs }),
      ...(ipamd !== undefined && { deep: ipamd.tookMs }),
    },
  };
}

function isWhole({ right, of }: Share): boolean {
  return right === of;
}
