import * as z from "zod";
import type { AwsRequest } from "../protocol/awsRequest";
import { AwsError } from "../protocol/awsError";
import { invalidParameter } from "./eksError";

/**
 * Reads the body of a call.
 *
 * @throws AwsError InvalidParameterException that names each wrong or unknown member: what the sandbox doesn't
 *   know it must not overlook.
 */
export function readInput<Schema extends z.ZodType>(request: AwsRequest, schema: Schema): z.infer<Schema> {
  let body: unknown;
  try {
    body = request.body.length === 0 ? {} : JSON.parse(request.body.toString());
  } catch {
    throw new AwsError("SerializationException", "The request's body is not JSON.");
  }
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const said = read.error.issues.map(({ path, message }) => `${path.join(".") || "request"}: ${message}`);
  throw invalidParameter(said.join("; "));
}

/** Tags: names and values. */
export const tagsSchema = z.record(z.string(), z.string());

/** One page of a list of names; the token is where the next one starts. */
export function pageOf<T>(
  request: AwsRequest,
  all: readonly T[],
): { page: readonly T[]; nextToken?: string } {
  const start = Number(request.query.get("nextToken") ?? "0");
  const end = start + Number(request.query.get("maxResults") ?? "100");
  const page = all.slice(start, end);
  return end < all.length ? { page, nextToken: String(end) } : { page };
}
