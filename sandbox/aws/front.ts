import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { autoScalingService } from "./autoScaling/autoScalingService";
import { systemClock, type Clock } from "./clock";
import { ec2Service } from "./ec2/ec2Service";
import { instanceTypes } from "./ec2/instanceType";
import { inventoryOf } from "./ec2/inventory";
import { prefixLedger } from "./ec2/prefixes";
import { subnetLedger } from "./ec2/subnetLedger";
import { clusterAccess } from "./eks/clusterAccess";
import { eksPace, type EksPace } from "./eks/eksOutside";
import { eksService } from "./eks/eksService";
import { startFrontServer, type OwnPaths } from "./frontServer";
import { inTurn } from "./inTurn";
import { motoBackend } from "./motoBackend";
import { AwsError } from "./protocol/awsError";
import type { AwsRequest, AwsResponse } from "./protocol/awsRequest";
import { isReading, listOf, readQueryForm } from "./protocol/queryForm";

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
  readonly ownPaths?: OwnPaths;
}

/** An emulated AWS that answers. */
export interface Front {
  /** For AWS_ENDPOINT_URL; always on 127.0.0.1. */
  readonly endpoint: string;
  /** Calls the listener after everything that may have changed EC2, Auto Scaling or EKS. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

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
  const server = await startFrontServer((request) => answer(request), ownPaths, log);
  const { endpoint } = server;

  const moto = motoBackend(options.motoEndpoint, region);
  // EKS and Auto Scaling are customers of EC2 like everybody else: they meet its limits and refusals.
  const client = { endpoint, region, credentials: { accessKeyId: "eks", secretAccessKey: "eks" } };
  const ec2 = new EC2Client({ ...client, maxAttempts: 1 });
  const autoScaling = new AutoScalingClient({ ...client, maxAttempts: 1 });
  const lookUpInstanceType = instanceTypes(moto.ec2);
  const inventory = inventoryOf(moto.ec2);
  const prefixes = prefixLedger();
  const services = {
    ec2: ec2Service({
      ec2: moto.ec2,
      inventory,
      ledger: subnetLedger(async (subnetId) => {
        const subnet = await inventory.subnet(subnetId);
        return { ...subnet, taken: new Set([...subnet.taken, ...prefixes.addressesIn(subnetId)]) };
      }),
      prefixes,
      trunks: new Set(),
      lookUpInstanceType,
      inTurn: inTurn(),
      clock,
      region,
      deletedWithInstance: new Set(),
      reservationDescriptions: new Map(),
      groupsOf: new Map(),
    }),
    autoScaling: autoScalingService({ ec2, region, accountId, clock, log }),
    eks: eksService({
      ec2,
      autoScaling,
      lookUpInstanceType,
      access: clusterAccess(options.cluster.kubeconfig, { clock, signal: ending.signal }),
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
      await server.close();
    },
  };
}

function changes(request: AwsRequest): boolean {
  if (request.service === "eks") return request.method !== "GET";
  return REGIONAL.has(request.service) && !isReading(readQueryForm(request.body).get("Action") ?? "");
}
