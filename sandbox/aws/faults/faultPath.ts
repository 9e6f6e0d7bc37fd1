import type { OwnCall } from "../frontServer";
import { AwsError } from "../protocol/awsError";
import { faultRuleSchema } from "./faultRule";
import type { Faults } from "./faults";

/**
 * The sandbox's own path for faults: GET lists them, POST adds one, DELETE removes that of `?id=`, or all.
 *
 * What is wrong with one that is added is answered with 400: `problems`, each with its path and reason.
 */
export function faultPath(faults: Faults): (call: OwnCall) => unknown {
  return ({ method, query, body }) => {
    if (method === "GET") return { faults: faults.list() };
    if (method === "POST") return faults.add(readRule(body));
    if (method === "DELETE") return { removed: faults.remove(query.get("id") ?? undefined) };
    throw new AwsError("MethodNotAllowed", `${method} is none of GET, POST and DELETE`, 405);
  };
}

function readRule(body: string) {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    throw refusal([{ path: "(body)", reason: "is not JSON" }]);
  }
  const read = faultRuleSchema.safeParse(given);
  if (read.success) return read.data;
  throw refusal(
    read.error.issues.map(({ path, message }) => ({ path: path.join(".") || "(body)", reason: message })),
  );
}

function refusal(problems: readonly { readonly path: string; readonly reason: string }[]): AwsError {
  const said = problems.map(({ path, reason }) => `${path}: ${reason}`).join("; ");
  return new AwsError("InvalidFault", said, 400, { problems });
}
