import { OutsideError } from "./outsideError";

/** An error of the runner that knows a way out. */
interface WithFix extends Error {
  readonly fix: string;
}

/**
 * Does something with the outside; an error that comes with a way out is the outside's failure, and no defect of
 * podnet.
 *
 * @param what is done, as in `what failed: because`.
 */
export async function withOutside<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!hasFix(error)) throw error;
    throw new OutsideError(what, error, error.fix);
  }
}

function hasFix(error: unknown): error is WithFix {
  return (
    error instanceof Error &&
    "fix" in error &&
    typeof error.fix === "string" &&
    !(error instanceof OutsideError)
  );
}
