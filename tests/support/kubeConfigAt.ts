import type { AddressInfo, Server } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";

/** A kubeconfig that leads to a server of this process, which listens. */
export function kubeConfigAt(server: Server, protocol: "http" | "https" = "http"): KubeConfig {
  const { port } = server.address() as AddressInfo;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: "c", server: `${protocol}://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "u", token: "secret" },
  );
  return kubeConfig;
}
