import type { Command } from "../command";
import {
  SECRET,
  SIGNATURE,
  isObject,
  isSecret,
  revealed,
  type PropertyValue,
} from "../../engine/propertyValues";
import { unsealed } from "../../engine/secrets";
import { STACK_TYPE } from "../../engine/urn";
import { Workspace } from "../workspace";

export const stackOutput: Command = {
  summary: "Print the outputs of a stack",
  flags: {
    json: { kind: "switch", short: "j" },
    "show-secrets": { kind: "switch" },
    shell: { kind: "refused" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const name = workspace.stack;
    const deployment = workspace.files.read(name)?.deployment;
    const written = deployment?.resources?.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
    const show = given.has("show-secrets")
      ? (value: PropertyValue) => revealed(value)
      : (value: PropertyValue) => (isHidden(value) ? "[secret]" : revealed(value));
    const outputs = given.has("show-secrets") ? unsealed(written, workspace.crypter(name)) : written;
    const shown = Object.fromEntries(
      Object.entries(outputs)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([key, value]) => [key, show(value)]),
    );
    const [wanted] = given.args;
    if (wanted === undefined) {
      outside.stdout(given.has("json") ? `${JSON.stringify(shown, null, 2)}\n` : lines(shown));
      return 0;
    }
    const value = shown[wanted];
    if (value === undefined) throw new Error(`current stack does not have output property '${wanted}'`);
    const isPlain = typeof value === "string" && !given.has("json");
    outside.stdout(`${isPlain ? value : JSON.stringify(value, null, 2)}\n`);
    return 0;
  },
};

/** Whether something in a value as it is written down is a secret. */
function isHidden(value: PropertyValue): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(isHidden);
  return isObject(value) && (value[SIGNATURE] === SECRET || Object.values(value).some(isHidden));
}

function lines(outputs: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(outputs).map(
    ([key, value]) => `    ${key}  ${typeof value === "string" ? value : JSON.stringify(value)}\n`,
  );
  return `Current stack outputs (${rows.length}):\n${rows.join("")}`;
}
