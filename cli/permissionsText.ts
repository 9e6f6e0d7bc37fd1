import { stringify } from "yaml";
import type { IamPolicy } from "../planning/permissions/iamPolicy";
import type { RbacObject } from "../planning/permissions/rbac";
import type { Step } from "../planning/permissions/wanted";
import { fitted } from "./wrapped";

/** What steps need, of AWS and of Kubernetes. */
export interface NeededPermissions {
  readonly iam: IamPolicy;
  readonly rbac: readonly RbacObject[];
}

/** What each step needs, for people: what of AWS, by what it is done to, and what of Kubernetes, by where. */
export function describePermissions(
  subject: string,
  steps: readonly (NeededPermissions & { readonly step: Step })[],
): string {
  const parts = steps.map(({ step, iam, rbac }) =>
    [
      `podnet ${step}`,
      ...iam.Statement.map(({ Sid, Action }) => `  ${`iam ${Sid}`.padEnd(TERM)}  ${Action.join(", ")}`),
      ...rbac.flatMap(({ metadata: { namespace = "everywhere" }, rules = [] }) =>
        rules.map(({ apiGroups: [group = ""], resources, resourceNames, verbs }) => {
          const what = resources.map((resource) => (group === "" ? resource : `${resource}.${group}`));
          const named = resourceNames === undefined ? "" : ` (${resourceNames.join(", ")})`;
          return `  ${`rbac ${namespace}`.padEnd(TERM)}  ${verbs.join(", ")} ${what.join(", ")}${named}`;
        }),
      ),
    ].join("\n"),
  );
  return fitted([subject, ...parts, WAYS_ON].join("\n\n"));
}

/** As wide as the longest term. */
const TERM = "iam StandaloneInstances".length;

const WAYS_ON = `As a policy and as roles: --format iam, --format rbac; of one step: --step up.`;

/** Roles and bindings as `kubectl apply -f` takes them, with how somebody gets into their group. */
export function rbacManifest(clusterName: string, region: string, objects: readonly RbacObject[]): string {
  const group = objects.flatMap(({ subjects = [] }) => subjects)[0]?.name ?? "";
  const head = [
    `# Who is in the group ${group} has these roles. An access entry of EKS puts an IAM role or user there:`,
    `#   aws eks create-access-entry --cluster-name ${clusterName} --region ${region} \\`,
    `#     --principal-arn ARN --kubernetes-groups ${group}`,
  ];
  const documents = objects.map((object) => stringify(object, { lineWidth: 0 }));
  return `${head.join("\n")}\n${documents.join("---\n")}`.trimEnd();
}
