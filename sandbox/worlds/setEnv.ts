import {
  KubernetesObjectApi,
  PatchStrategy,
  type KubeConfig,
  type KubernetesObject,
} from "@kubernetes/client-node";

/** Sets variables as `kubectl set env daemonset/aws-node` does, so that the fields are not EKS's. */
export async function setEnv(kubeConfig: KubeConfig, env: Readonly<Record<string, string>>): Promise<void> {
  const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  const entries = Object.entries(env).map(([name, value]) => ({ name, value }));
  await objects.patch(
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "aws-node", namespace: "kube-system" },
      spec: { template: { spec: { containers: [{ name: "aws-node", env: entries }] } } },
    } as KubernetesObject,
    undefined,
    undefined,
    "kubectl-set",
    undefined,
    PatchStrategy.StrategicMergePatch,
  );
}
