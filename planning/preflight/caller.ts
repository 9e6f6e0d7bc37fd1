/** Whose policies decide what a caller may do, as far as the caller's ARN tells. */
export type Caller =
  /** The account's root user, who may do everything. */
  | { readonly kind: "root" }
  /** A user or a role, known to IAM by this ARN. */
  | { readonly kind: "principal"; readonly arn: string }
  /** A session of a role. Its own ARN leaves the role's path out, so that of the role is right only where it has none. */
  | { readonly kind: "session"; readonly roleName: string; readonly arn: string }
  /** A federated user, or what is not known here. */
  | { readonly kind: "other" };

/**
 * Reads the ARN that sts:GetCallerIdentity answers.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function callerOf(arn: string): Caller {
  const [, partition = "", , , account = "", resource = ""] = arn.split(":");
  if (resource === "root") return { kind: "root" };
  const [kind, name] = resource.split("/");
  if (kind === "user" || kind === "role") return { kind: "principal", arn };
  if (kind !== "assumed-role" || name === undefined) return { kind: "other" };
  return { kind: "session", roleName: name, arn: `arn:${partition}:iam::${account}:role/${name}` };
}
