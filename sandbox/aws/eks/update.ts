import { randomUUID } from "node:crypto";

/** Why an update failed, or what is wrong with a thing. */
export interface EksIssue {
  readonly code: string;
  readonly message: string;
  readonly resourceIds: readonly string[];
}

/** A change that EKS makes in the background. */
export interface EksUpdate {
  readonly id: string;
  readonly type: "ConfigUpdate" | "AddonUpdate" | "VersionUpdate" | "EndpointAccessUpdate";
  readonly params: readonly { readonly type: string; readonly value: string }[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  status: "InProgress" | "Failed" | "Successful";
  issues: readonly EksIssue[];
}

/** An update that begins. */
export function beginUpdate(
  type: EksUpdate["type"],
  params: Readonly<Record<string, string | undefined>>,
  now: number,
): EksUpdate {
  return {
    id: randomUUID(),
    type,
    params: Object.entries(params).flatMap(([name, value]) =>
      value === undefined ? [] : [{ type: name, value }],
    ),
    createdAt: now,
    status: "InProgress",
    issues: [],
  };
}

/** Ends an update: it failed when there is an issue. */
export function endUpdate(update: EksUpdate, issue: EksIssue | undefined): void {
  update.status = issue === undefined ? "Successful" : "Failed";
  update.issues = issue === undefined ? [] : [issue];
}

/** As DescribeUpdate shows it. */
export function describeUpdate(update: EksUpdate) {
  return {
    id: update.id,
    status: update.status,
    type: update.type,
    params: update.params,
    createdAt: update.createdAt / 1000,
    errors: update.issues.map(({ code, message, resourceIds }) => ({
      errorCode: code,
      errorMessage: message,
      resourceIds,
    })),
  };
}
