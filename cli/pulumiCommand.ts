import { isAbsolute, resolve } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { stderrOf } from "../automation/pulumiOperation";
import { PulumiStoppedError, stoppedOrNot } from "../automation/pulumiStopped";
import { standInPulumiRoot } from "../sandbox/pulumi/root";
import { text, type Flag } from "./flag";
import { OutsideError } from "./outsideError";

/** Which pulumi. */
export const pulumiRootFlag: Flag<string> = text(
  "<path>",
  "a folder whose bin holds pulumi; the pulumi on PATH by default",
);

const WHAT = "Starting pulumi";

/**
 * The pulumi that was asked for.
 *
 * @throws OutsideError when it is not there, or too old.
 */
export async function findPulumi(root: string | undefined): Promise<PulumiCommand> {
  try {
    return await PulumiCommand.get(root === undefined ? {} : { root: resolve(root) });
  } catch (error) {
    const stopped = await stoppedOrNot(error);
    if (stopped instanceof PulumiStoppedError) throw new OutsideError(WHAT, stopped, "Run it again.");
    const said = stderrOf(error);
    const isMissing = said.includes("ENOENT");
    const where = root === undefined ? "on PATH" : `in ${isAbsolute(root) ? root : resolve(root)}/bin`;
    const reason = isMissing ? `there is no pulumi ${where}` : (said.split("\n")[0] ?? said);
    throw new OutsideError(WHAT, new Error(reason), fixFor(process.env.AWS_ENDPOINT_URL));
  }
}

/** Where the shell speaks to a sandbox, its own pulumi is what is wanted. */
function fixFor(awsEndpoint = ""): string {
  const isSandbox = /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(awsEndpoint);
  return isSandbox
    ? `This shell speaks to a sandbox, which has a pulumi of its own: --pulumi-root ${standInPulumiRoot()}`
    : "Install it as https://www.pulumi.com/docs/install says, or give its folder with --pulumi-root.";
}
