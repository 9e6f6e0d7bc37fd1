import { SandboxError } from "../sandbox/sandboxError";
import { refuse, text, type Flag } from "./flag";
import { OutsideError } from "./outsideError";

/** Which sandbox. */
export const nameFlag: Flag<string> = {
  ...text("<name>", "the sandbox; default by default"),
  read: (given) => {
    const name = given.at(-1) ?? "";
    if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return { value: name };
    const { refusal } = refuse(
      `${JSON.stringify(name)} can't be the name of a sandbox.`,
      "Give up to 40 lowercase letters, digits and hyphens.",
    );
    return { refusals: [refusal] };
  },
};

/** Does something with a sandbox; what goes wrong with it is the outside's failure, and no defect of podnet. */
export async function ofSandbox<T>(what: string, act: () => Promise<T> | T): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    const fix =
      error instanceof SandboxError ? error.fix : "Try again; podnet sandbox down removes what is left.";
    throw new OutsideError(what, error, fix);
  }
}
