import type { PodEgress } from "../podNetwork/podSubnetsRequest";

/** What is done with an environment, step by step. */
export type Step = "preflight" | "preview" | "up" | "rotate" | "rollback" | "verify";

/** Every step, in their order. */
export const ALL_STEPS: readonly Step[] = ["preflight", "preview", "up", "rotate", "rollback", "verify"];

/** Who owns old nodes, and would have to end them; Fargate's are never ended. */
export type OldNodeOwner = "managed" | "autoScalingGroup" | "karpenter" | "standalone";

/** Every owner of old nodes. */
export const OLD_NODE_OWNERS: readonly OldNodeOwner[] = [
  "managed",
  "autoScalingGroup",
  "karpenter",
  "standalone",
];

/** What a command does on request alone: `verify --smoke` and `--deep`, `up --wait-for-control-plane`. */
export type OnRequest = "smoke" | "deep" | "controlPlane";

/** All of it. */
export const ON_REQUEST: readonly OnRequest[] = ["smoke", "deep", "controlPlane"];

/** Of a pod network's configuration, what decides about permissions. */
export interface PermissionNetwork {
  /** @default nodes */
  readonly egress?: PodEgress;
  /** @default false */
  readonly prefixReservations?: boolean;
  /** A profile, where there is one. @default none */
  readonly fargateProfile?: object;
  readonly cni?: {
    /** @default as it is found, so either */
    readonly mode?: "addOn" | "daemonSet";
    /** Whether the add-on is there already. @default true */
    readonly adopt?: boolean;
    /** The version that the add-on is to have. @default the one that is there */
    readonly addOnVersion?: string;
    /** Whether the definition of ENIConfig is made. @default false */
    readonly installCrd?: boolean;
  };
  /** EC2NodeClasses of Karpenter that are read. @default none */
  readonly ec2NodeClasses?: readonly string[];
  /** New workers. @default none */
  readonly workerGroups?: readonly { readonly kind?: "managed" | "autoScaling" }[];
}

/** Of the settings of a rotation, what decides about permissions. */
export interface PermissionRotation {
  readonly restartSingleReplicas?: boolean | undefined;
  readonly deleteEmptyGroups?: boolean | undefined;
  readonly removeLeakedEnis?: boolean | undefined;
  readonly lowerWarmTargets?: boolean | undefined;
  /** A gate, where there is one. */
  readonly healthGate?: object | undefined;
}

/** For what permissions are asked. What is not known yet counts as everything that it may be. */
export interface WantedPermissions {
  readonly network?: PermissionNetwork | undefined;
  /** Owners of the old nodes that there are. */
  readonly owners?: readonly OldNodeOwner[] | undefined;
  readonly rotation?: PermissionRotation | undefined;
  readonly onRequest?: readonly OnRequest[] | undefined;
}

/** What makes a permission needed at all; each is either in question or not. */
export type Circumstance =
  | "natGateways"
  | "prefixReservations"
  | "fargateProfile"
  | "addOn"
  | "newAddOn"
  | "addOnVersion"
  | "daemonSet"
  | "installCrd"
  | "nodeClasses"
  | "managedWorkers"
  | "autoScalingWorkers"
  | "restartSingleReplicas"
  | "deleteEmptyGroups"
  | "removeLeakedEnis"
  | "lowerWarmTargets"
  | "healthGate"
  | OldNodeOwner
  | OnRequest;

/** The circumstances that are in question. */
export function circumstances(wanted: WantedPermissions): ReadonlySet<Circumstance> {
  const { network, owners, rotation, onRequest } = wanted;
  return new Set<Circumstance>([
    ...(network === undefined ? OF_ANY_NETWORK : ofNetwork(network)),
    ...(owners ?? OLD_NODE_OWNERS),
    ...ROTATION_SETTINGS.filter((key) => rotation === undefined || isAsked(rotation[key])),
    ...(onRequest ?? ON_REQUEST),
  ]);
}

const ROTATION_SETTINGS = [
  "restartSingleReplicas",
  "deleteEmptyGroups",
  "removeLeakedEnis",
  "lowerWarmTargets",
  "healthGate",
] as const;

const OF_ANY_NETWORK: readonly Circumstance[] = [
  "natGateways",
  "prefixReservations",
  "fargateProfile",
  "addOn",
  "newAddOn",
  "addOnVersion",
  "daemonSet",
  "installCrd",
  "nodeClasses",
  "managedWorkers",
  "autoScalingWorkers",
];

function ofNetwork(network: PermissionNetwork): Circumstance[] {
  const { egress = "nodes", prefixReservations, fargateProfile, cni = {} } = network;
  const { ec2NodeClasses = [], workerGroups = [] } = network;
  const kinds = workerGroups.map(({ kind = "managed" }) => kind);
  const isIn: readonly (readonly [Circumstance, boolean])[] = [
    ["natGateways", egress !== "nodes"],
    ["prefixReservations", prefixReservations === true],
    ["fargateProfile", fargateProfile !== undefined],
    ["addOn", cni.mode !== "daemonSet"],
    ["newAddOn", cni.mode !== "daemonSet" && cni.adopt === false],
    ["addOnVersion", cni.mode !== "daemonSet" && cni.addOnVersion !== undefined],
    ["daemonSet", cni.mode !== "addOn"],
    ["installCrd", cni.installCrd === true],
    ["nodeClasses", ec2NodeClasses.length > 0],
    ["managedWorkers", kinds.includes("managed")],
    ["autoScalingWorkers", kinds.includes("autoScaling")],
  ];
  return isIn.filter(([, is]) => is).map(([name]) => name);
}

function isAsked(setting: boolean | object | undefined): boolean {
  return setting !== undefined && setting !== false;
}
