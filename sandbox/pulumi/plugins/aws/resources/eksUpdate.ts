import {
  DescribeUpdateCommand,
  type AddonHealth,
  type AddonIssue,
  type DescribeUpdateCommandInput,
  type Issue,
  type NodegroupHealth,
} from "@aws-sdk/client-eks";
import { waitFor } from "../../protocol/waitFor";
import type { Aws } from "../aws";
import { says } from "../awsError";

/**
 * Waits until an update of a node group or an add-on was successful.
 *
 * @param wait.advice is added to the message when it was not.
 */
export async function eksUpdated(
  wait: { readonly what: string; readonly advice?: string; readonly timeoutMs: number },
  update: { readonly [Key in keyof DescribeUpdateCommandInput]: DescribeUpdateCommandInput[Key] },
  aws: Aws,
): Promise<void> {
  await waitFor(wait.what, aws.act, wait.timeoutMs, async () => {
    const { update: now } = await says(wait.what, () =>
      aws.eks.send(new DescribeUpdateCommand({ ...update })),
    );
    if (now?.status === "InProgress") return undefined;
    if (now?.status === "Successful") return true;
    const errors = (now?.errors ?? []).map(
      ({ errorCode, errorMessage, resourceIds = [] }) =>
        `${resourceIds.join(", ")}: ${errorCode ?? ""}: ${errorMessage ?? ""}`,
    );
    throw new Error(
      `${wait.what}: unexpected state '${now?.status ?? "gone"}', wanted target 'Successful'. last error: ` +
        errors.join("; ") +
        (wait.advice ?? ""),
    );
  });
}

/** What EKS says about the health of something, in one line. */
export function issuesOf(health: AddonHealth | NodegroupHealth | undefined): string {
  const issues: readonly (AddonIssue | Issue)[] = health?.issues ?? [];
  return issues
    .map(({ code = "", message = "", resourceIds = [] }) => `${resourceIds.join(", ")}: ${code}: ${message}`)
    .join("; ");
}
