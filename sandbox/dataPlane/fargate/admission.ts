import type { FargateProfile, FargateSelector } from "./profiles";

/** The scheduler that puts pods on Fargate. */
export const FARGATE_SCHEDULER = "fargate-scheduler";
/** The label by which a pod says whose it is. */
export const PROFILE_LABEL = "eks.amazonaws.com/fargate-profile";

/** By this label the sandbox knows the objects that it has made. */
export const POLICY_LABEL = "sandbox/fargate-profile";

/**
 * What gives a profile's pods their label and their scheduler as they are created: on EKS a webhook of AWS's, here a policy
 * that the API server carries out by itself. What a pod is, it stays: a profile reaches no pod that is there already.
 */
export function admissionPolicy({ name, clusterName, selectors }: FargateProfile) {
  const policyName = policyNameOf({ name, clusterName });
  const metadata = { name: policyName, labels: { [POLICY_LABEL]: policyName } };
  const policy = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicy",
    metadata,
    spec: {
      failurePolicy: "Fail",
      reinvocationPolicy: "Never",
      matchConstraints: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] },
        ],
      },
      matchConditions: [
        // One that is another profile's, another scheduler's, or a DaemonSet's with its node in its affinity.
        { name: "is-free", expression: 'object.spec.schedulerName == "default-scheduler"' },
        { name: "is-selected", expression: selectors.map(selects).join(" || ") },
      ],
      mutations: [
        {
          patchType: "ApplyConfiguration",
          applyConfiguration: {
            expression:
              `Object{metadata: Object.metadata{labels: {${text(PROFILE_LABEL)}: ${text(name)}}}, ` +
              `spec: Object.spec{schedulerName: ${text(FARGATE_SCHEDULER)}}}`,
          },
        },
      ],
    },
  };
  const binding = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata,
    spec: { policyName },
  };
  return { policy, binding };
}

/** Profiles are asked in the order of their names, as EKS does it. */
export function policyNameOf({ name, clusterName }: Pick<FargateProfile, "name" | "clusterName">): string {
  return `0500-fargate.${clusterName}.${name}`.toLowerCase().replaceAll(/[^a-z0-9.-]/g, "-");
}

function selects({ namespace, labels }: FargateSelector): string {
  const has = Object.entries(labels).map(
    ([key, value]) =>
      `(has(object.metadata.labels) && ${text(key)} in object.metadata.labels && ` +
      `object.metadata.labels[${text(key)}].matches(${pattern(value)}))`,
  );
  return `(${[`request.namespace.matches(${pattern(namespace)})`, ...has].join(" && ")})`;
}

/** A regular expression of RE2, as CEL spells it. */
function pattern(glob: string): string {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return text(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

function text(value: string): string {
  return JSON.stringify(value);
}
