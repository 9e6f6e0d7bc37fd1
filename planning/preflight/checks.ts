import { barePods } from "./barePods";
import type { Check } from "./check";
import { clusterKind, publicEndpoint } from "./controlPlane";
import { budgetsThatNeverAllow, podsUnderTwoBudgets, unreadyPodsHeld } from "./disruptionBudgets";
import { strayEniConfigMarks } from "./eniConfigMarks";
import { maxPodsLoss } from "./maxPodsLoss";
import { networkAclsAdmit } from "./networkAcls";
import { networkPoliciesAdmit } from "./networkPolicies";
import { groupsAtMaximum, groupsOfOthers, nodesOfOtherOwners, nodesThatStay } from "./owners";
import { securityGroupsAdmit, securityGroupsReach } from "./securityGroups";
import { externalSnat, podRange } from "./podRange";
import { singleReplicas } from "./singleReplicas";

/** Everything that preflight looks for, in the order in which it is told. */
export const CHECKS: readonly Check[] = [
  clusterKind,
  podRange,
  securityGroupsAdmit,
  securityGroupsReach,
  networkAclsAdmit,
  networkPoliciesAdmit,
  externalSnat,
  strayEniConfigMarks,
  maxPodsLoss,
  budgetsThatNeverAllow,
  podsUnderTwoBudgets,
  unreadyPodsHeld,
  barePods,
  singleReplicas,
  groupsAtMaximum,
  groupsOfOthers,
  nodesOfOtherOwners,
  nodesThatStay,
  publicEndpoint,
];
