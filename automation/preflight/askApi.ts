import type { ApiAnswer } from "../../planning/preflight/picture";
import { KubeConfigError } from "../kubeConfig";
import { KubernetesError } from "../kubernetes";
import { kubernetesTransport } from "../kubernetesTransport";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };

/** `aws eks get-token`, the usual plugin of a kubeconfig, takes a few seconds of it. */
const PATIENCE_MS = 10_000;

/**
 * Whether the cluster's API answers from here, whatever it says. A private endpoint takes connections from outside its
 * VPC at the most, and every question would wait for its own timeout.
 *
 * @param kubeConfig how to reach it, or why it can't be reached.
 * @throws the signal's reason where it is aborted.
 */
export async function askApi(
  kubeConfig: KubeConfig | KubeConfigError,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  if (kubeConfig instanceof KubeConfigError) {
    return { answers: false, why: kubeConfig.message, wayToIt: kubeConfig.fix };
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    await kubernetesTransport(kubeConfig).send("GET", "/version", undefined, limit);
    return { answers: true };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubernetesError)) throw error;
    if (error.status > 0) return { answers: true };
    const server = kubeConfig.getCurrentCluster()?.server ?? "the API server";
    const why = limit.aborted ? `it said nothing within ${PATIENCE_MS / 1000} s` : error.said;
    return { answers: false, why: `${server}: ${why}` };
  }
}
