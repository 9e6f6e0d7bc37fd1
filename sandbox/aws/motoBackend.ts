import { Agent, request as httpRequest } from "node:http";
import { EC2Client } from "@aws-sdk/client-ec2";
import type { AwsRequest, AwsResponse } from "./protocol/awsRequest";

/** The emulated AWS behind the front. */
export interface MotoBackend {
  /** Asks it on the front's own account. */
  readonly ec2: EC2Client;
  /** Hands a call on, with another body if one is given, and its answer back. */
  forward(request: AwsRequest, body?: Buffer | string): Promise<AwsResponse>;
  close(): void;
}

/** Belongs to one connection and not to the call. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "host",
  "expect",
]);

/** Speaks to moto at an endpoint of this computer. */
export function motoBackend(endpoint: string, region: string): MotoBackend {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const ec2 = new EC2Client({
    endpoint,
    region,
    credentials: { accessKeyId: "front", secretAccessKey: "front" },
    maxAttempts: 1,
  });
  return {
    ec2,
    forward: (request, body = request.body) => {
      const url = new URL(endpoint);
      url.pathname = request.path;
      url.search = request.query.toString();
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.has(name)),
      );
      return new Promise((resolve, reject) => {
        const options = {
          agent,
          method: request.method,
          headers: { ...headers, "content-length": Buffer.byteLength(body) },
        };
        const sent = httpRequest(url, options, (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.once("error", reject);
          answer.once("end", () => {
            resolve({
              status: answer.statusCode ?? 502,
              headers: Object.fromEntries(
                Object.entries(answer.headers).flatMap(([name, value]) =>
                  HOP_BY_HOP.has(name) || value === undefined ? [] : [[name, String(value)]],
                ),
              ),
              body: Buffer.concat(chunks),
            });
          });
        });
        sent.once("error", reject);
        sent.end(body);
      });
    },
    close: () => {
      ec2.destroy();
      agent.destroy();
    },
  };
}
