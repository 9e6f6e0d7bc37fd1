import { apiAnswers, sameCluster } from "./apiAnswers";
import { clusterAutoscaler, karpenterReservesEni } from "./autoscalers";
import { barePods } from "./barePods";
import type { Check } from "./check";
import { changedSettings, cniVersion, heldSettings, selfManagedCni } from "./cni";
import { clusterKind, publicEndpoint } from "./controlPlane";
import { budgetsThatNeverAllow, podsUnderTwoBudgets, unreadyPodsHeld } from "./disruptionBudgets";
import { strayEniConfigMarks } from "./eniConfigMarks";
import { podsWithFinalizers } from "./finalizers";
import { maxPodsLoss } from "./maxPodsLoss";
import { mustReach } from "./mustReach";
import { networkAclsAdmit } from "./networkAcls";
import { networkPoliciesAdmit } from "./networkPolicies";
import { nodeAddresses } from "./nodeAddresses";
import { groupsAtMaximum, groupsOfOthers, nodesOfOtherOwners, nodesThatStay } from "./owners";
import { awsPermissions, kubernetesPermissions } from "./permissions";
import { podCapacity } from "./podCapacity";
import { podNetworkPlan } from "./podNetworkPlan";
import { podsWithoutNode, volumesLeftBehind } from "./podPlaces";
import { podRange, podRangeTaken } from "./podRange";
import { nodeSecurityGroups } from "./podSecurityGroups";
import { prefixBlocks } from "./prefixBlocks";
import { quotaLimits, quotaOfNodes } from "./quotaLimits";
import { externalSnat, returnRoutes } from "./returnRoutes";
import { securityGroupsAdmit, securityGroupsReach } from "./securityGroups";
import { sharedRange } from "./sharedRange";
import { singleReplicas } from "./singleReplicas";
import { trunkEnis } from "./trunkEnis";
import { webhooksAnswer } from "./webhooks";
import { groupsNotReplaced, roomOnNewWorkers } from "./workerRoom";
import { foreignEniConfigs, nodesElsewhere, sharedRouteTable, zonesWithEniConfig } from "./zones";
/** Everything that preflight looks for, in the order in which it is told. */
export const CHECKS: readonly Check[] = [
  clusterKind,
  apiAnswers,
  sameCluster,
  podRange,
  podRangeTaken,
  sharedRange,
  podNetworkPlan,
  quotaLimits,
  quotaOfNodes,
  nodeAddresses,
  podCapacity,
  prefixBlocks,
  securityGroupsAdmit,
  securityGroupsReach,
  nodeSecurityGroups,
  networkAclsAdmit,
  networkPoliciesAdmit,
  mustReach,
  returnRoutes,
  externalSnat,
  sharedRouteTable,
  nodesElsewhere,
  cniVersion,
  selfManagedCni,
  heldSettings,
  changedSettings,
  zonesWithEniConfig,
  foreignEniConfigs,
  strayEniConfigMarks,
  maxPodsLoss,
  trunkEnis,
  roomOnNewWorkers,
  podsWithoutNode,
  volumesLeftBehind,
  karpenterReservesEni,
  budgetsThatNeverAllow,
  podsUnderTwoBudgets,
  unreadyPodsHeld,
  webhooksAnswer,
  barePods,
  singleReplicas,
  podsWithFinalizers,
  groupsAtMaximum,
  groupsOfOthers,
  groupsNotReplaced,
  clusterAutoscaler,
  nodesOfOtherOwners,
  nodesThatStay,
  publicEndpoint,
  awsPermissions,
  kubernetesPermissions,
];
