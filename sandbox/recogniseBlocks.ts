import { askDaemon } from "./askDaemon";
import { OWN_PATHS } from "./daemonProtocol";
import type { RecognitionAnswer } from "./egress/recognitionCalls";
import { nameWords, readRecord, placeOf, type SandboxPlace } from "./record";
import { SandboxError } from "./sandboxError";

/**
 * Has a sandbox's control plane recognise a block of its VPC at once, or all blocks, as it would by itself after the delay
 * that the sandbox was started with.
 *
 * @param cidrBlock such as 100.64.0.0/16. @default all
 * @returns every block of the VPC; none where the sandbox was started without a delay, so that there is nothing to do.
 * @throws SandboxError where there is no such sandbox, it does not answer, or its VPC has no such block.
 */
export async function recogniseBlocks(place: SandboxPlace, cidrBlock?: string): Promise<RecognitionAnswer> {
  const { name, folder } = placeOf(place);
  const record = readRecord(folder);
  if (record?.state !== "ready") {
    throw new SandboxError(`the sandbox ${name} is not up`, `podnet sandbox up${nameWords(name)} starts it.`);
  }
  const query = cidrBlock === undefined ? "" : `?cidrBlock=${encodeURIComponent(cidrBlock)}`;
  const response = await askDaemon(record.awsEndpoint, `${OWN_PATHS.blocks}${query}`, { method: "POST" });
  if (response.ok) return (await response.json()) as RecognitionAnswer;
  const { message } = (await response.json()) as { message: string };
  throw new SandboxError(message, "Give a block as aws ec2 describe-vpcs shows it, or none for all.");
}
