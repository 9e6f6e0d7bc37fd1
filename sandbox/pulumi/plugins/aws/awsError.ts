/**
 * Does something with AWS and says what it was when it fails.
 *
 * @param doing for example `creating EC2 Subnet`.
 */
export async function says<T>(doing: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Error(`${doing}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The same, where one code of AWS means that there is nothing: then undefined. */
export async function unlessGone<T>(codes: readonly string[], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (codes.includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** The code that AWS gives an error, for example `InvalidSubnet.Range`; "" when it is none of AWS's. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "$metadata" in error ? error.name : "";
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === "" ? message : `api error ${code}: ${message}`;
}
