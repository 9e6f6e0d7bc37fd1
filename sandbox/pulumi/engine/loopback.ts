/**
 * What an environment would let plugins reach that is not on this computer.
 *
 * The stand-in is for trying and testing: with it nothing may touch a real cloud, not even by a mistake in an
 * environment.
 *
 * @returns a sentence per variable that leads elsewhere.
 */
export function remoteEndpoints(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || value === undefined || value === "") return [];
    return isLoopback(value) ? [] : [`${name}=${value} is not on this computer`];
  });
}

/** Whether a URL leads to this computer. */
export function isLoopback(url: string): boolean {
  let host: string;
  try {
    host = new URL(url).hostname;
  } catch {
    return false;
  }
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
