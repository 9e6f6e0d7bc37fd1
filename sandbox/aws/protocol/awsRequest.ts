import type { IncomingMessage } from "node:http";
import { AwsError } from "./awsError";

/** A call as it came in. */
export interface AwsRequest {
  /** The service's signing name: ec2, autoscaling, eks, iam, sts. */
  readonly service: string;
  /** The region that the call was signed for. */
  readonly region: string;
  /** The access key that it was signed with. */
  readonly accessKeyId: string;
  readonly method: string;
  /** The path as it was sent, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** What goes back. */
export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/**
 * Reads a call, and for which service it is: the SDKs and the CLI say so in the credential scope of their signature.
 *
 * @throws AwsError for a call without a signature.
 */
export async function readAwsRequest(message: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(message.url ?? "/", "http://front");
  const signature = message.headers.authorization ?? searchParams.get("X-Amz-Credential") ?? "";
  const [, accessKeyId, region, service] =
    /([^/\s=]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(signature) ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) {
    throw new AwsError("MissingAuthenticationToken", "The request carries no Signature Version 4.", 403);
  }
  return {
    service,
    region,
    accessKeyId,
    method: message.method ?? "GET",
    path: pathname,
    query: searchParams,
    headers: message.headers,
    body: Buffer.concat(chunks),
  };
}
