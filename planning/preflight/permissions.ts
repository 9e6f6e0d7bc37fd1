import { check, type Found } from "./check";
import type { FindingLevel } from "./finding";
import { ALL_STEPS, type Step } from "../permissions/wanted";
import type { Denial, Permissions } from "./permissionNeeds";

/** IAM actions that the caller lacks. */
export const awsPermissions = check(
  {
    id: "IAM-MISSING",
    level: "stop",
    about: "the credentials may do in AWS what preview, up, rotate, rollback and verify do",
    looksAt: ["awsPermissions"],
  },
  ({ awsPermissions: permissions }) =>
    deniedBy(
      permissions,
      "Add it to a policy of the caller, or use other credentials; podnet permissions prints the least policy.",
    ),
);

/** Verbs that the kubeconfig's user lacks. */
export const kubernetesPermissions = check(
  {
    id: "RBAC-MISSING",
    level: "stop",
    about: "the kubeconfig's user may do in the cluster what preview, up, rotate, rollback and verify do",
    looksAt: ["kubernetesPermissions"],
  },
  ({ kubernetesPermissions: permissions }) =>
    deniedBy(
      permissions,
      "Give it to the user by a ClusterRole, which podnet permissions prints, or by an access policy of EKS; kubectl auth can-i tells each.",
    ),
);

/** On the way forward; who lacks what only the way back takes is told, and may go forward. */
const FORWARD: readonly Step[] = ["preview", "up", "rotate", "verify"];

function deniedBy({ who, foundBy, denials }: Permissions, wayOut: string): readonly Found[] {
  const found = (alike: readonly Denial[], level: FindingLevel, says: string, because: string): Found[] => {
    const [first, ...others] = alike;
    if (first === undefined) return [];
    const what = others.length === 0 ? first.what : `${alike.length} things that are needed`;
    return [
      {
        level,
        title: `${who} ${says} ${what}`,
        evidence: [...ALL_STEPS.flatMap((step) => ofStep(step, alike)), `${because} ${foundBy}.`],
        wayOut,
      },
    ];
  };
  const denied = denials.filter(({ how }) => how === "denied");
  const isForward = ({ steps }: Denial) => steps.some((step) => FORWARD.includes(step));
  return [
    ...found(denied.filter(isForward), "stop", "may not do", "Found out by"),
    ...found(
      denied.filter((denial) => !isForward(denial)),
      "warn",
      "may go forward, and for the way back not do",
      "Found out by",
    ),
    ...found(
      denials.filter(({ how }) => how === "notAllowed"),
      "warn",
      "is not allowed for every resource to do",
      "A policy that names resources or conditions may allow it all the same. Found out by",
    ),
  ];
}

function ofStep(step: Step, denials: readonly Denial[]): string[] {
  const whats = denials.filter(({ steps }) => steps.includes(step)).map(({ what }) => what);
  return whats.length === 0 ? [] : [`podnet ${step} needs ${whats.join(", ")}`];
}
