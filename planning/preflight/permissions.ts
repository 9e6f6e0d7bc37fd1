import { check, type Found } from "./check";
import type { FindingLevel } from "./finding";
import { ALL_STEPS, type Denial, type Permissions, type Step } from "./permissionNeeds";

/** IAM actions that the caller lacks. */
export const awsPermissions = check(
  {
    id: "IAM-MISSING",
    level: "stop",
    about: "the credentials may do in AWS what preview, up and rotate do",
    looksAt: ["awsPermissions"],
  },
  ({ awsPermissions: permissions }) =>
    deniedBy(permissions, "Add it to a policy of the caller, or use other credentials."),
);

/** Verbs that the kubeconfig's user lacks. */
export const kubernetesPermissions = check(
  {
    id: "RBAC-MISSING",
    level: "stop",
    about: "the kubeconfig's user may do in the cluster what preview, up and rotate do",
    looksAt: ["kubernetesPermissions"],
  },
  ({ kubernetesPermissions: permissions }) =>
    deniedBy(
      permissions,
      "Give it to the user by a ClusterRole, or by an access policy of EKS; kubectl auth can-i tells each.",
    ),
);

function deniedBy({ who, foundBy, denials }: Permissions, wayOut: string): readonly Found[] {
  const found = (how: Denial["how"], level: FindingLevel, says: string, because: string): Found[] => {
    const alike = denials.filter((denial) => denial.how === how);
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
  return [
    ...found("denied", "stop", "may not do", "Found out by"),
    ...found(
      "notAllowed",
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
