import { eniConfigAnnotationKey } from "./awsNode/eniConfigKeys";
import { fromEnv, type Env } from "./awsNode/env";
import { ENV_TABLE } from "./awsNode/envTable";
import type { ForeignValue } from "./awsNode/foreignValues";
import type { AwsNodeSetting } from "./awsNode/settings";
import { POD_NETWORK_SETTINGS } from "./podNetwork/awsNodeSettings";
import { strayMarks } from "./preflight/eniConfigMarks";
import { oldReasons } from "./rotation/oldNode";
import { podsByNode, type ClusterNode, type Observation } from "./rotation/observation";
import { quotedForSh } from "./shellWord";

/** Something of the live cluster that is not as its stack made it, and that Pulumi does not see. */
export interface LiveDrift {
  readonly id: "CNI-SETTING" | "ENI-ANNOTATION" | "NEW-WORKER-OLD";
  /** Who and what, by names that can be pasted. */
  readonly title: string;
  readonly wayOut: string;
}

/** What the live state is held against. */
export interface LiveState {
  readonly observation: Observation;
  /** What aws-node's containers run with. */
  readonly env: Env;
  readonly initEnv: Env;
  /** Variables that the stack's configuration sets besides those of the pod network. */
  readonly askedEnv: Env;
  readonly askedInitEnv: Env;
  /** Variables of a managed add-on's DaemonSet that the configuration does not set and that EKS does not hold; refused are those that the add-on can't keep. */
  readonly foreign: readonly (ForeignValue & { readonly isRefused: boolean })[];
  /** Names of the stack's ENIConfigs. */
  readonly eniConfigs: readonly string[];
  /** Names of the node groups and Auto Scaling groups that the stack made. */
  readonly workerGroups: readonly string[];
  /** Of the environment: for commands. */
  readonly name: string;
}

/**
 * Finds what has drifted where Pulumi does not look: settings that somebody gave aws-node past its add-on, marks on
 * nodes, and new workers whose pods are outside the pod subnets. How many nodes there are, and which, is nothing of it.
 */
export function liveDrift(live: LiveState): LiveDrift[] {
  const heldElsewhere = live.foreign.map((value) => heldByOthers(value, live.name));
  return [...settingDrift(live), ...heldElsewhere, ...marks(live), ...oldWorkers(live)];
}

/** How aws-node's containers run, and what the stack's configuration sets. */
export type LiveSettings = Pick<LiveState, "name" | "env" | "initEnv" | "askedEnv" | "askedInitEnv">;

/** Finds settings of the stack that aws-node does not run with. */
export function settingDrift({ name, ...live }: LiveSettings): LiveDrift[] {
  const { settings: inForce } = fromEnv(live.env, live.initEnv);
  const own = Object.entries(POD_NETWORK_SETTINGS).flatMap(([setting, value]) => {
    const { env } = ENV_TABLE[setting as AwsNodeSetting];
    return inForce[setting as AwsNodeSetting] === value
      ? []
      : [different("aws-node", env, live.env[env], String(value), name)];
  });
  const asked = (container: string, wanted: Env, found: Env) =>
    Object.entries(wanted).flatMap(([variable, value]) =>
      found[variable] === value ? [] : [different(container, variable, found[variable], value, name)],
    );
  return [
    ...own,
    ...asked("aws-node", live.askedEnv, live.env),
    ...asked("aws-vpc-cni-init", live.askedInitEnv, live.initEnv),
  ];
}

function different(
  container: string,
  variable: string,
  found: string | undefined,
  wanted: string,
  name: string,
): LiveDrift {
  return {
    id: "CNI-SETTING",
    title: `container ${container} of aws-node has ${found === undefined ? `no ${variable}` : `${variable}=${found}`}, its stack says ${variable}=${wanted}`,
    wayOut: `podnet up ${name}, if it would change the add-on; else find out who set it, and set it back: kubectl set env daemonset/aws-node -n kube-system -c ${container} ${quotedForSh(`${variable}=${wanted}`)}`,
  };
}

function heldByOthers(
  { container, name: variable, value, managers, isRefused }: LiveState["foreign"][number],
  name: string,
): LiveDrift {
  const given = value === undefined ? `${variable} from elsewhere (valueFrom)` : `${variable}=${value}`;
  const back = `find out who set it, and take it back: kubectl set env daemonset/aws-node -n kube-system -c ${container} ${variable}-`;
  return {
    id: "CNI-SETTING",
    title: `container ${container} of aws-node has ${given}, held by ${managers.join(" and ")} and not by EKS`,
    wayOut: isRefused
      ? `${back}; podnet up ${name} refuses until then`
      : `${back}; where it is to stay, podnet up ${name} writes it into the add-on's configuration`,
  };
}

function marks({ observation, env, eniConfigs, workerGroups }: LiveState): LiveDrift[] {
  const cni = {
    eniConfigLabel: POD_NETWORK_SETTINGS.eniConfigLabelDef,
    eniConfigAnnotation: eniConfigAnnotationKey(fromEnv(env).settings),
    eniConfigs,
  };
  // The stack labels its own workers where they take the ENIConfigs of a named group.
  const ofGroupsOn = (node: ClusterNode) =>
    workerGroupOf(node, workerGroups) === undefined ? [] : eniConfigs;
  return strayMarks(observation.nodes, cni, ofGroupsOn).map(({ title, wayOut }) => ({
    id: "ENI-ANNOTATION",
    title,
    wayOut,
  }));
}

/** The group of the stack that a node is of, if it is of one. */
function workerGroupOf({ owner }: ClusterNode, workerGroups: readonly string[]): string | undefined {
  return "name" in owner && workerGroups.includes(owner.name) ? owner.name : undefined;
}

function oldWorkers({ observation: { nodes, pods, target }, workerGroups, name }: LiveState): LiveDrift[] {
  const byNode = podsByNode(pods);
  return nodes.flatMap((node): LiveDrift[] => {
    const group = workerGroupOf(node, workerGroups);
    if (group === undefined) return [];
    const [reason] = oldReasons(node, byNode.get(node.name) ?? [], target);
    if (reason === undefined) return [];
    return [
      {
        id: "NEW-WORKER-OLD",
        title: `node ${node.name} of the new group ${group} is old: ${reason.evidence}`,
        wayOut: `podnet rotate ${name} replaces it.`,
      },
    ];
  });
}
