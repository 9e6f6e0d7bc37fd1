import { readFileSync } from "node:fs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { KubeConfig } from "@kubernetes/client-node";
import { credentialsOf } from "../aws/callers";
import { ApiServer } from "../dataPlane/cluster/apiServer";
import type { DataPlane } from "../dataPlane/dataPlane";
import type { Attempt } from "./connection";
import { ControlPlaneWay } from "./controlPlaneWay";
import { startEgressProxy } from "./egressProxy";
import { Kubelet, KUBELET_PORT } from "./kubelet/kubelet";
import { PodNetwork } from "./podNetwork";
import type { RecognisedBlocks } from "./recognisedBlocks";
import { watchVpcBlocks } from "./watchVpcBlocks";

/** What the API server's way into the cluster's network is made of. */
export interface EgressOptions {
  /** Path of the unix socket that the API server is told of. */
  readonly socket: string;
  /** The path of a kubeconfig whose user may read everything. */
  readonly kubeconfig: string;
  /** Where AWS answers. */
  readonly awsEndpoint: string;
  readonly region: string;
  /** Paths of what kubelets show as their certificate. */
  readonly tls: { readonly cert: string; readonly key: string };
  readonly dataPlane: Pick<DataPlane, "ipamdReport" | "awsNodeLines" | "network">;
  readonly blocks: RecognisedBlocks;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
  readonly log: (line: string) => void;
}

/**
 * Starts what the API server reaches nodes and pods through: kubelets that tell logs and forward ports, and HTTP answers
 * in the place of pods. It goes on until its process ends.
 */
export async function startEgress(options: EgressOptions): Promise<void> {
  const { dataPlane, blocks, region, log, now = Date.now } = options;
  const aws = { endpoint: options.awsEndpoint, region, credentials: credentialsOf("eks") };
  const ec2 = new EC2Client(aws);
  const way = new ControlPlaneWay(ec2, dataPlane.network);
  const { pods, kubelet } = listeners(options);

  /** Where the way from the control plane ends before it has come to an address. */
  const obstacle = async (address: string, port: number): Promise<Attempt | undefined> => {
    const unrecognised = blocks.unrecognised(address, now());
    const why =
      unrecognised === undefined
        ? await way.refusedBy(address, port)
        : `the control plane has not recognised ${unrecognised.cidrBlock} yet`;
    return why === undefined ? undefined : { refused: "i/o timeout", why };
  };
  // Without a delay there is nothing to watch: every block is recognised at once.
  if (blocks.afterMs > 0) void watchVpcBlocks(blocks, { ec2, eks: new EKSClient(aws), now, log });
  const address = async (target: string, port: number) =>
    (await obstacle(target, port)) ?? (await pods.at(target, port));
  const node = async (nodeName: string, port: number): Promise<Attempt> => {
    const target = await pods.nodeAddress(nodeName);
    if (target === undefined) return { refused: "no such host" };
    if (port !== KUBELET_PORT) return await address(target, port);
    const serve = kubelet.serve.bind(kubelet);
    return (await obstacle(target, port)) ?? { serve };
  };
  await startEgressProxy(options.socket, { node, address }, log);
}

/** What there is to connect to. */
function listeners({ kubeconfig, dataPlane, tls, log }: EgressOptions): {
  pods: PodNetwork;
  kubelet: Kubelet;
} {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const api = new ApiServer(kubeConfig);
  const pods = new PodNetwork({ api, ipamdReport: dataPlane.ipamdReport });
  const kubelet = new Kubelet({
    api,
    connect: (pod, port) => pods.inside(pod, port),
    awsNodeLines: dataPlane.awsNodeLines,
    tls: { cert: readFileSync(tls.cert, "utf8"), key: readFileSync(tls.key, "utf8") },
    log,
  });
  return { pods, kubelet };
}
