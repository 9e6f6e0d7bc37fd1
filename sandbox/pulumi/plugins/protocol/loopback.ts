import { isIPv4 } from "node:net";

/**
 * Makes sure that an endpoint is on this computer.
 *
 * @param origin says where the endpoint is set, for the message.
 * @throws Error when it is not, or is no URL.
 */
export function assertLoopback(endpoint: string, origin: string): void {
  if (!isLoopback(endpoint)) {
    throw new Error(
      `${origin} is ${endpoint}: the sandbox's stand-ins for Pulumi's plugins speak to this computer only ` +
        "(127.0.0.1, [::1], localhost). Point it at a sandbox, or put the real pulumi and its plugins on PATH.",
    );
  }
}

/** Whether a URL's host is this computer. A name other than localhost is not looked up: it may change. */
export function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname } = new URL(endpoint);
  if (protocol !== "http:" && protocol !== "https:") return false;
  return (
    hostname === "localhost" || hostname === "[::1]" || (isIPv4(hostname) && hostname.startsWith("127."))
  );
}
