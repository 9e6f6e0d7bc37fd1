import { askDaemon } from "../../askDaemon";
import { FAULTS_PATH } from "../../daemonProtocol";
import type { FaultRuleInput } from "./faultRule";
import type { Fault } from "./faults";

/** The faults of a sandbox that runs, for whoever is not in its process. */
export interface FaultClient {
  list(): Promise<readonly Fault[]>;
  add(rule: FaultRuleInput): Promise<Fault>;
  /** @returns how many there were: those of that id, or all. */
  remove(id?: string): Promise<number>;
}

/**
 * Asks the front of a sandbox. What is asked is refused with a SandboxError where nothing answers.
 *
 * @param awsEndpoint where it listens.
 */
export function faultClient(awsEndpoint: string): FaultClient {
  const ask = async (method: string, search = "", body?: string): Promise<unknown> => {
    const request = { method, ...(body === undefined ? {} : { body }) };
    const answer = await askDaemon(awsEndpoint, `${FAULTS_PATH}${search}`, request);
    if (answer.ok) return answer.json();
    throw new Error(`${method} ${FAULTS_PATH} was answered with ${answer.status}: ${await answer.text()}`);
  };
  return {
    list: async () => ((await ask("GET")) as { faults: Fault[] }).faults,
    add: async (rule) => (await ask("POST", "", JSON.stringify(rule))) as Fault,
    remove: async (id) => {
      const search = id === undefined ? "" : `?${new URLSearchParams({ id }).toString()}`;
      return ((await ask("DELETE", search)) as { removed: number }).removed;
    },
  };
}
