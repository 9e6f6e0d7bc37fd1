import { faultClient, type FaultClient } from "../sandbox/aws/faults/faultClient";
import { nameWords, placeOf, readRecord } from "../sandbox/record";
import { OutsideError } from "./outsideError";
import { ofSandbox } from "./sandboxCommand";

/** Does something with the faults of a sandbox. @throws OutsideError where it is not up, or doesn't answer. */
export async function ofFaults<T>(name: string, act: (faults: FaultClient) => Promise<T>): Promise<T> {
  const record = await ofSandbox("Reading the sandbox", () => readRecord(placeOf({ name }).folder));
  if (record === undefined || record.awsEndpoint === "") {
    const fix = `podnet sandbox up${nameWords(name)} starts it.`;
    throw new OutsideError(`Reading the sandbox ${name}`, "it is not up", fix);
  }
  return await ofSandbox("Asking the sandbox", () => act(faultClient(record.awsEndpoint)));
}
