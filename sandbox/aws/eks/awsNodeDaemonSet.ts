import type { V1DaemonSet, V1PodSpec } from "@kubernetes/client-node";
import { objectLabels, place, type AwsNodeContext } from "./awsNodeContext";
import { AWS_NODE_DEFAULTS } from "./awsNodeEnvironment";
import type { VpcCniValues } from "./configurationValues";

/** AWS's registry account of EKS images in most regions. */
const REGISTRY_ACCOUNT = "602401143452";

/** The DaemonSet aws-node, as the chart of version 1.23 makes it. */
export function awsNodeDaemonSet(values: VpcCniValues, context: AwsNodeContext): V1DaemonSet {
  const podLabels = {
    "app.kubernetes.io/name": "aws-node",
    "app.kubernetes.io/instance": "aws-vpc-cni",
    "k8s-app": "aws-node",
    ...values.podLabels,
  };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: place(objectLabels(context)),
    spec: {
      selector: { matchLabels: { "k8s-app": "aws-node" } },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
      template: {
        metadata: {
          labels: podLabels,
          ...(values.podAnnotations === undefined ? {} : { annotations: values.podAnnotations }),
        },
        spec: podSpec(values, context),
      },
    },
  };
}

function podSpec(values: VpcCniValues, context: AwsNodeContext): V1PodSpec {
  return {
    priorityClassName: "system-node-critical",
    serviceAccountName: "aws-node",
    hostNetwork: true,
    terminationGracePeriodSeconds: 10,
    tolerations: values.tolerations ?? [{ operator: "Exists" }],
    affinity: values.affinity ?? {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: "kubernetes.io/os", operator: "In", values: ["linux"] },
                { key: "kubernetes.io/arch", operator: "In", values: ["amd64", "arm64"] },
                {
                  key: "eks.amazonaws.com/compute-type",
                  operator: "NotIn",
                  values: ["fargate", "hybrid", "auto"],
                },
              ],
            },
          ],
        },
      },
    },
    initContainers: [
      {
        name: "aws-vpc-cni-init",
        image: image("amazon-k8s-cni-init", context.addOnVersion, context),
        env: environment({ DISABLE_TCP_EARLY_DEMUX: "false", ENABLE_IPv6: "false", ...values.init?.env }),
        resources: values.init?.resources ?? { requests: { cpu: "25m" } },
        securityContext: { privileged: true },
        volumeMounts: [{ name: "cni-bin-dir", mountPath: "/host/opt/cni/bin" }],
      },
    ],
    containers: [awsNodeContainer(values, context), nodeAgentContainer(values, context)],
    volumes: [
      { name: "bpf-pin-path", hostPath: { path: "/sys/fs/bpf" } },
      { name: "cni-bin-dir", hostPath: { path: "/opt/cni/bin" } },
      { name: "cni-net-dir", hostPath: { path: "/etc/cni/net.d" } },
      { name: "log-dir", hostPath: { path: "/var/log/aws-routed-eni", type: "DirectoryOrCreate" } },
      { name: "run-dir", hostPath: { path: "/var/run/aws-node", type: "DirectoryOrCreate" } },
      { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
    ],
  };
}

function awsNodeContainer(values: VpcCniValues, context: AwsNodeContext) {
  const probe = ["/app/grpc-health-probe", "-addr=:50051", "-connect-timeout=5s", "-rpc-timeout=5s"];
  return {
    name: "aws-node",
    image: image("amazon-k8s-cni", context.addOnVersion, context),
    ports: [{ containerPort: 61678, name: "metrics", protocol: "TCP" }],
    livenessProbe: {
      exec: { command: probe },
      initialDelaySeconds: 60,
      timeoutSeconds: values.livenessProbeTimeoutSeconds ?? 10,
    },
    readinessProbe: {
      exec: { command: probe },
      initialDelaySeconds: 1,
      timeoutSeconds: values.readinessProbeTimeoutSeconds ?? 10,
    },
    env: [
      ...environment({
        ...AWS_NODE_DEFAULTS,
        CLUSTER_ENDPOINT: context.server,
        CLUSTER_NAME: context.clusterName,
        VPC_CNI_VERSION: context.addOnVersion.split("-")[0],
        VPC_ID: context.vpcId,
        ...values.env,
      }),
      { name: "MY_NODE_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } },
      { name: "MY_POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
    ],
    resources: values.resources ?? { requests: { cpu: "25m" } },
    securityContext: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
    volumeMounts: [
      { name: "cni-bin-dir", mountPath: "/host/opt/cni/bin" },
      { name: "cni-net-dir", mountPath: "/host/etc/cni/net.d" },
      { name: "log-dir", mountPath: "/host/var/log/aws-routed-eni" },
      { name: "run-dir", mountPath: "/var/run/aws-node" },
      { name: "xtables-lock", mountPath: "/run/xtables.lock" },
    ],
  };
}

function nodeAgentContainer(values: VpcCniValues, context: AwsNodeContext) {
  const agent = values.nodeAgent;
  return {
    name: "aws-eks-nodeagent",
    image: image("amazon/aws-network-policy-agent", "v1.4.1-eksbuild.1", context),
    ports: [{ containerPort: 8162, name: "agentmetrics", protocol: "TCP" }],
    args: [
      "--enable-ipv6=false",
      `--enable-network-policy=${values.enableNetworkPolicy ?? "false"}`,
      `--enable-cloudwatch-logs=${agent?.enableCloudWatchLogs ?? "false"}`,
      `--enable-policy-event-logs=${agent?.enablePolicyEventLogs ?? "false"}`,
      "--log-file=/var/log/aws-routed-eni/network-policy-agent.log",
      `--metrics-bind-addr=:${agent?.metricsBindAddr ?? "8162"}`,
      `--health-probe-bind-addr=:${agent?.healthProbeBindAddr ?? "8163"}`,
      `--conntrack-cache-cleanup-period=${agent?.conntrackCacheCleanupPeriod ?? "300"}`,
    ],
    env: [
      { name: "MY_NODE_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } },
    ],
    resources: agent?.resources ?? { requests: { cpu: "25m" } },
    securityContext: { capabilities: { add: ["NET_ADMIN"] }, privileged: true },
    volumeMounts: [
      { name: "cni-bin-dir", mountPath: "/host/opt/cni/bin" },
      { name: "bpf-pin-path", mountPath: "/sys/fs/bpf" },
      { name: "log-dir", mountPath: "/var/log/aws-routed-eni" },
      { name: "run-dir", mountPath: "/var/run/aws-node" },
    ],
  };
}

/** The chart writes names in alphabetical order. */
function environment(values: Readonly<Record<string, string | undefined>>) {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function image(repository: string, tag: string, { region }: AwsNodeContext): string {
  return `${REGISTRY_ACCOUNT}.dkr.ecr.${region}.amazonaws.com/${repository}:${tag}`;
}
