import { setMaxListeners } from "node:events";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { FAULTS_PATH } from "../daemonProtocol";
import { autoScalingService } from "./autoScaling/autoScalingService";
import { callerOf, credentialsOf } from "./callers";
import { patientClock, systemClock, type Clock } from "./clock";
import { ec2Service } from "./ec2/ec2Service";
import { instanceTypes } from "./ec2/instanceType";
import { interfaceCount } from "./ec2/interfaceCount";
import { inventoryOf } from "./ec2/inventory";
import { prefixLedger } from "./ec2/prefixes";
import { subnetLedger } from "./ec2/subnetLedger";
import { clusterAccess } from "./eks/clusterAccess";
import { eksPace, pacedBy, type EksPace } from "./eks/eksOutside";
import { eksService } from "./eks/eksService";
import { startPublicEndpoint, type PublicEndpoint } from "./eks/publicEndpoint";
import { faultPath } from "./faults/faultPath";
import { faultRegister, type FaultedCall } from "./faults/faults";
import { withFaults, type Answer } from "./faults/withFaults";
import { frontMemory, type FrontMemory } from "./frontMemory";
import { startFrontServer, type OwnPaths } from "./frontServer";
import { simulatePrincipalPolicy } from "./iam/policySimulator";
import { inTurn } from "./inTurn";
import { motoBackend } from "./motoBackend";
import { actionOf } from "./protocol/actionOf";
import { AwsError } from "./protocol/awsError";
import type { AwsRequest, AwsResponse } from "./protocol/awsRequest";
import { isReading, listOf, readQueryForm } from "./protocol/queryForm";
import { quotaLedger } from "./serviceQuotas/quotaLedger";
import { serviceQuotasService } from "./serviceQuotas/serviceQuotasService";

/** What a front is made of. */
export interface FrontOptions {
  /** Where moto listens. */
  readonly motoEndpoint: string;
  /** The port of 127.0.0.1 to listen on. @default a free one */
  readonly port?: number | undefined;
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
  /** Told once, where clients outside the VPC find a cluster whose endpoint is not, or was not always, public. */
  readonly onPublicEndpoint?: (server: string) => void;
  /** How long EKS takes for things. @default see {@link eksPace} */
  readonly pace?: Partial<EksPace>;
  /** What the durations of EKS and Auto Scaling are multiplied with. @default 1 */
  readonly paceFactor?: number | undefined;
  /** Quotas of the account that are not AWS's defaults, by their codes. */
  readonly quotas?: Readonly<Record<string, number>>;
  /** What it knows from the start, and notes down what happens. @default nothing */
  readonly memory?: FrontMemory;
  /** Answers of the sandbox's own, JSON, by path: all below /_sandbox/. */
  readonly ownPaths?: OwnPaths;
}

/** An emulated AWS that answers. */
export interface Front {
  /** For AWS_ENDPOINT_URL; always on 127.0.0.1. */
  readonly endpoint: string;
  /**
   * Calls the listener after everything that may have changed EC2, Auto Scaling or EKS, with the action that did it; with
   * none after what EKS does by itself.
   */
  onChange(listener: (action?: string) => void): void;
  close(): Promise<void>;
}

/** The control plane's address for clients outside the VPC; whoever made the front is told of it. */
async function openPublicEndpoint({ cluster, onPublicEndpoint }: FrontOptions): Promise<PublicEndpoint> {
  const endpoint = await startPublicEndpoint(cluster.server);
  onPublicEndpoint?.(endpoint.url);
  return endpoint;
}

/** Services that live in one region each; the others are global. */
const REGIONAL = new Set(["ec2", "autoscaling", "eks", "servicequotas"]);

/** Services that moto answers as it is. Others of its own reach out: SNS posts to any address, Lambda starts containers. */
const LEFT_TO_MOTO = new Set(["iam", "sts", "elasticloadbalancing"]);

/**
 * Starts an AWS on 127.0.0.1: EKS, Auto Scaling and Service Quotas of its own, EC2 by moto with corrections, IAM,
 * STS and Elastic Load Balancing by moto. Other services are refused.
 *
 * SDKs and the aws CLI need nothing but AWS_ENDPOINT_URL, a region and any credentials.
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  const {
    region,
    accountId,
    log,
    clock = systemClock,
    ownPaths = {},
    memory = frontMemory(),
    paceFactor = 1,
  } = options;
  const ending = new AbortController();
  // Everything that waits in the background listens to it.
  setMaxListeners(0, ending.signal);
  const listeners: ((action?: string) => void)[] = [];
  const changed = (action?: string) => {
    for (const listener of listeners) listener(action);
  };
  const faults = faultRegister(clock);
  let answer: Answer = () => Promise.reject(new Error("the front starts"));
  const server = await startFrontServer(
    (request) =>
      answer(request, {
        service: request.service,
        action: actionOf(request),
        caller: callerOf(request.accessKeyId),
      }),
    { ...ownPaths, [FAULTS_PATH]: faultPath(faults) },
    log,
    options.port,
  );
  const { endpoint } = server;

  const moto = motoBackend(options.motoEndpoint, region);
  // EKS and Auto Scaling are customers of EC2 like everybody else: they meet its limits and refusals.
  const client = { endpoint, region, maxAttempts: 1 };
  const ec2ForEks = new EC2Client({ ...client, credentials: credentialsOf("eks") });
  const ec2ForAutoScaling = new EC2Client({ ...client, credentials: credentialsOf("auto-scaling") });
  const autoScaling = new AutoScalingClient({ ...client, credentials: credentialsOf("eks") });
  const lookUpInstanceType = instanceTypes(moto.ec2);
  const inventory = inventoryOf(moto.ec2);
  const prefixes = prefixLedger();
  const quotas = quotaLedger(clock, options.quotas);
  let endpointForOthers: Promise<PublicEndpoint> | undefined;
  const publicEndpoint = () => (endpointForOthers ??= openPublicEndpoint(options));
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
      faults,
      quotas,
      interfaceCount: interfaceCount(() => inventory.countNetworkInterfaces(), quotas),
      region,
      deletedWithInstance: memory.deletedWithInstance,
      reservationDescriptions: new Map(),
      groupsOf: memory.groupsOf,
    }),
    serviceQuotas: serviceQuotasService(quotas, { region, accountId }),
    autoScaling: autoScalingService(
      { ec2: ec2ForAutoScaling, region, accountId, clock: patientClock(clock, paceFactor), log },
      memory.scalingGroups,
    ),
    eks: eksService(
      {
        ec2: ec2ForEks,
        autoScaling,
        lookUpInstanceType,
        access: clusterAccess(options.cluster.kubeconfig, { clock, signal: ending.signal }),
        server: options.cluster.server,
        publicEndpoint,
        certificateAuthority: options.cluster.certificateAuthority,
        region,
        accountId,
        clock,
        pace: pacedBy({ ...eksPace, ...options.pace }, paceFactor),
        log,
        changed,
        signal: ending.signal,
      },
      memory.clusters,
    ),
  };
  const answerOf = async (request: AwsRequest, call: FaultedCall): Promise<AwsResponse> => {
    if (request.service === "servicequotas") return services.serviceQuotas(request, call.action);
    if (request.service === "eks") return services.eks(request);
    if (request.service === "autoscaling") return services.autoScaling.answer(request);
    if (isDryRun(request)) {
      throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
    }
    if (call.action === "SimulatePrincipalPolicy") {
      return simulatePrincipalPolicy(request, (name) => {
        const [service = "", action = ""] = name.split(":");
        return faults.watches("access-denied", { ...call, service, action });
      });
    }
    if (request.service === "ec2") return services.ec2(request, call, (body) => moto.forward(request, body));
    if (LEFT_TO_MOTO.has(request.service)) return moto.forward(request);
    const there = [...REGIONAL, ...LEFT_TO_MOTO].join(", ");
    throw new AwsError("UnsupportedOperation", `This sandbox has no ${request.service}; it has ${there}.`);
  };
  answer = withFaults(faults, clock, async (request, call) => {
    if (REGIONAL.has(request.service) && request.region !== region) {
      throw new AwsError(
        "UnsupportedOperation",
        `This sandbox is ${region}; the call was for ${request.region}.`,
      );
    }
    const given = await answerOf(request, call);
    if (given.status === 200 && changes(request, call)) {
      const form = request.service === "ec2" ? readQueryForm(request.body) : undefined;
      if (form?.get("Action") === "TerminateInstances") {
        services.autoScaling.instancesTerminated(listOf(form, "InstanceId"));
      }
      changed(call.action);
    }
    return given;
  });

  return {
    endpoint,
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: async () => {
      ending.abort();
      await (await endpointForOthers)?.close();
      services.autoScaling.close();
      ec2ForEks.destroy();
      ec2ForAutoScaling.destroy();
      autoScaling.destroy();
      moto.close();
      await server.close();
    },
  };
}

/** EC2 judges such a call and does not carry it out. */
function isDryRun({ service, body }: AwsRequest): boolean {
  return service === "ec2" && readQueryForm(body).get("DryRun") === "true";
}

function changes({ service, method }: AwsRequest, { action }: FaultedCall): boolean {
  return service === "eks" ? method !== "GET" : REGIONAL.has(service) && !isReading(action);
}
