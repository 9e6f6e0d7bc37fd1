import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { autoScalingService } from "./autoScaling/autoScalingService";
import { systemClock, type Clock } from "./clock";
import { ec2Service } from "./ec2/ec2Service";
import { instanceTypes } from "./ec2/instanceType";
import { inventoryOf } from "./ec2/inventory";
import { clusterAccess } from "./eks/clusterAccess";
import { eksPace, type EksPace } from "./eks/eksOutside";
import { eksService } from "./eks/eksService";
import { inTurn } from "./inTurn";
import { motoBackend } from "./motoBackend";
import { errorAnswer, jsonAnswer } from "./protocol/answers";
import { AwsError } from "./protocol/awsError";
import { readAwsRequest, type AwsRequest, type AwsResponse } from "./protocol/awsRequest";
import { listOf, readQueryForm } from "./protocol/queryForm";

/** What a front is made of. */
export interface FrontOptions {
  /** Where moto listens. */
  readonly motoEndpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** The control plane that EKS clusters get. */
  readonly cluster: {
    /** Such as https://127.0.0.1:6443. */
    readonly server: string;
    /** PEM. */
    readonly certificateAuthority: string;
    /** A file. */
    readonly kubeconfig: string;
  };
  /** Takes a line at a time about what goes wrong in the background. */
  readonly log: (line: string) => void;
  /** @default the computer's */
  readonly clock?: Clock;
  /** How long EKS takes for things. @default see {@link eksPace} */
  readonly pace?: Partial<EksPace>;
  /** Answers of the sandbox's own, JSON, by path: all below /_sandbox/. */
  readonly ownPaths?: Readonly<Record<string, () => unknown>>;
}

/** An emulated AWS that answers. */
export interface Front {
  /** For AWS_ENDPOINT_URL; always on 127.0.0.1. */
  readonly endpoint: string;
  /** Calls the listener after everything that may have changed EC2, Auto Scaling or EKS. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

/** Actions of the query protocols that only read. */
const READING = /^(Describe|Get|List|Search)/;
/** Services that live in one region each; the others are global. */
const REGIONAL = new Set(["ec2", "autoscaling", "eks"]);

/**
 * Starts an AWS on a free port of 127.0.0.1: EKS and Auto Scaling of its own, EC2 by moto with corrections, the rest by
 * moto.
 *
 * SDKs and the aws CLI need nothing but AWS_ENDPOINT_URL, a region and any credentials.
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  const { region, accountId, log, clock = systemClock, ownPaths = {} } = options;
  const ending = new AbortController();
  const listeners: (() => void)[] = [];
  const changed = () => {
    for (const listener of listeners) listener();
  };
  let answer: (request: AwsRequest) => Promise<AwsResponse> = () =>
    Promise.reject(new Error("the front starts"));
  const server = createServer((message, response) => {
    handle(message, response, (request) => answer(request), ownPaths, log).catch((error: unknown) => {
      log(`front: ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const moto = motoBackend(options.motoEndpoint, region);
  // EKS and Auto Scaling are customers of EC2 like everybody else: they meet its limits and refusals.
  const client = { endpoint, region, credentials: { accessKeyId: "eks", secretAccessKey: "eks" } };
  const ec2 = new EC2Client({ ...client, maxAttempts: 1 });
  const autoScaling = new AutoScalingClient({ ...client, maxAttempts: 1 });
  const lookUpInstanceType = instanceTypes(moto.ec2);
  const services = {
    ec2: ec2Service({
      ec2: moto.ec2,
      inventory: inventoryOf(moto.ec2),
      lookUpInstanceType,
      inTurn: inTurn(),
      clock,
      region,
      deletedWithInstance: new Set(),
    }),
    autoScaling: autoScalingService({ ec2, region, accountId, clock, log }),
    eks: eksService({
      ec2,
      autoScaling,
      lookUpInstanceType,
      access: clusterAccess(options.cluster.kubeconfig),
      server: options.cluster.server,
      certificateAuthority: options.cluster.certificateAuthority,
      region,
      accountId,
      clock,
      pace: { ...eksPace, ...options.pace },
      log,
      changed,
      signal: ending.signal,
    }),
  };
  const answerOf = (request: AwsRequest): Promise<AwsResponse> => {
    if (request.service === "eks") return services.eks(request);
    if (request.service === "autoscaling") return services.autoScaling.answer(request);
    if (request.service === "ec2") return services.ec2(request, (body) => moto.forward(request, body));
    return moto.forward(request);
  };
  answer = async (request) => {
    if (REGIONAL.has(request.service) && request.region !== region) {
      throw new AwsError(
        "UnsupportedOperation",
        `This sandbox is ${region}; the call was for ${request.region}.`,
      );
    }
    const given = await answerOf(request);
    if (given.status === 200 && changes(request)) {
      const form = request.service === "ec2" ? readQueryForm(request.body) : undefined;
      if (form?.get("Action") === "TerminateInstances") {
        services.autoScaling.instancesTerminated(listOf(form, "InstanceId"));
      }
      changed();
    }
    return given;
  };

  return {
    endpoint,
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: async () => {
      ending.abort();
      services.autoScaling.close();
      ec2.destroy();
      autoScaling.destroy();
      moto.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function changes(request: AwsRequest): boolean {
  if (request.service === "eks") return request.method !== "GET";
  return REGIONAL.has(request.service) && !READING.test(readQueryForm(request.body).get("Action") ?? "");
}

async function handle(
  message: IncomingMessage,
  response: ServerResponse,
  answer: (request: AwsRequest) => Promise<AwsResponse>,
  ownPaths: Readonly<Record<string, () => unknown>>,
  log: (line: string) => void,
): Promise<void> {
  const [path = "/"] = (message.url ?? "/").split("?");
  const given = path.startsWith("/_sandbox/")
    ? await ownAnswer(path, ownPaths)
    : await awsAnswer(message, answer, log);
  response.writeHead(given.status, { ...given.headers, "content-length": Buffer.byteLength(given.body) });
  response.end(given.body);
}

async function ownAnswer(
  path: string,
  ownPaths: Readonly<Record<string, () => unknown>>,
): Promise<AwsResponse> {
  const own = Object.hasOwn(ownPaths, path) ? ownPaths[path] : undefined;
  if (own === undefined)
    return jsonAnswer({ message: `no ${path}; there is ${Object.keys(ownPaths).join(", ")}` }, 404);
  return jsonAnswer(await own());
}

async function awsAnswer(
  message: IncomingMessage,
  answer: (request: AwsRequest) => Promise<AwsResponse>,
  log: (line: string) => void,
): Promise<AwsResponse> {
  let service = "";
  try {
    const request = await readAwsRequest(message);
    service = request.service;
    return await answer(request);
  } catch (error) {
    return errorAnswer(service, awsErrorOf(error, log));
  }
}

/** What AWS would say: its own refusals, those of the services below, and for all else that it failed. */
function awsErrorOf(error: unknown, log: (line: string) => void): AwsError {
  if (error instanceof AwsError) return error;
  if (isServiceError(error)) return new AwsError(error.name, error.message, error.$metadata.httpStatusCode);
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log(`front: ${said}`);
  return new AwsError("InternalFailure", error instanceof Error ? error.message : String(error), 500);
}

function isServiceError(error: unknown): error is Error & { $metadata: { httpStatusCode?: number } } {
  return error instanceof Error && "$fault" in error && "$metadata" in error;
}
