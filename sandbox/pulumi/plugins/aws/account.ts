import type { Configuration } from "./configuration";

/** Who calls, as STS says it. */
export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
}

/**
 * Asks STS who calls.
 *
 * One request in the query protocol, by hand: a client for it alone would be a dependency more. The signature is none,
 * for no emulator checks it; they take the service from the credential's scope.
 */
export async function callerIdentity(configuration: Configuration, signal: AbortSignal): Promise<Caller> {
  const { endpoints, credentials, region } = configuration;
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const scope = `${credentials.accessKeyId}/${day}/${region}/sts/aws4_request`;
  const response = await fetch(endpoints.sts, {
    method: "POST",
    signal,
    // The answer of an endpoint on this computer could lead away from it.
    redirect: "error",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  const said = await response.text();
  if (!response.ok) throw new Error(`asking STS who calls: HTTP ${response.status}: ${said}`);
  const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(said)?.[1] ?? "";
  return { accountId: field("Account"), arn: field("Arn"), userId: field("UserId") };
}
