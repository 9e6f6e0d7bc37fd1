import { stringify } from "yaml";
import type { ProgramName } from "./programTable";

/** The part of a control plane that runs as a process; kubectl is for people. */
export type ComponentName = Exclude<ProgramName, "kubectl">;

/** The ports of 127.0.0.1 that a control plane takes. */
export interface ControlPlanePorts {
  /** What etcd holds is reached by a socket in the folder alone, which only its user may open. */
  readonly etcdHealth: number;
  readonly apiServer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kwok: number;
}

/** The files that the components read, relative to the sandbox's folder, in which they work. */
export const files = {
  etcdSocket: "etcd.sock",
  certificateAuthority: "pki/ca.crt",
  serverCertificate: "pki/server.crt",
  serverKey: "pki/server.key",
  adminCertificate: "pki/admin.crt",
  adminKey: "pki/admin.key",
  tokenPublicKey: "pki/tokens.pub",
  tokenPrivateKey: "pki/tokens.key",
  schedulerConfig: "scheduler.yaml",
  egressConfig: "egress.yaml",
  egressSocket: "egress.sock",
  kubeconfigOf: (component: string) => `pki/${component}.kubeconfig`,
} as const;

/** As on EKS: no pod address of a VPC can be in it. */
export const SERVICE_RANGE = "172.20.0.0/16";
/** The first address of it is the API server's own. */
const SERVICE_ADDRESS = "172.20.0.1";

/** The names by which a component may be spoken to. */
export const SERVER_NAMES = [
  "127.0.0.1",
  SERVICE_ADDRESS,
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

/** Requests a second that a component may make: with the default of 20 to 50 a cluster of hundreds of pods crawls. */
const QPS = 5_000;
const BURST = 10_000;

/** The client identities of the components: user and groups, as Kubernetes' own bootstrap roles name them. */
export const CLIENTS = {
  "kube-controller-manager": { user: "system:kube-controller-manager", groups: [] },
  "kube-scheduler": { user: "system:kube-scheduler", groups: [] },
  // It plays the kubelet of every node, which no bootstrap role allows to one user.
  kwok: { user: "kwok", groups: ["system:masters"] },
} as const;

/**
 * The environment of every component. Go collects garbage whenever a program has as much again as it needs, which is a
 * fifth of all that the API server does while a cluster is built; here it does when it has four times as much again, and
 * more often once it has 4 GiB.
 */
export const COMPONENT_ENVIRONMENT = { GOGC: "400", GOMEMLIMIT: "4GiB" } as const;

/** What each component is started with. */
export function componentArgs(
  folder: string,
  ports: ControlPlanePorts,
  kwokConfig: string,
): Readonly<Record<ComponentName, readonly string[]>> {
  const at = (file: string) => `${folder}/${file}`;
  const served = [
    `--tls-cert-file=${at(files.serverCertificate)}`,
    `--tls-private-key-file=${at(files.serverKey)}`,
  ];
  const client = (component: keyof typeof CLIENTS) => at(files.kubeconfigOf(component));
  return {
    etcd: [
      "--name=sandbox",
      `--data-dir=${at("etcd")}`,
      // Relative, because the path of a socket may have no more than 104 characters.
      `--listen-client-urls=unix://${files.etcdSocket}`,
      "--listen-peer-urls=unix://etcd-peer.sock",
      `--listen-metrics-urls=http://127.0.0.1:${ports.etcdHealth}`,
      // Must look like addresses; with one member nobody speaks to them.
      "--advertise-client-urls=http://127.0.0.1:1",
      "--initial-advertise-peer-urls=http://127.0.0.1:1",
      "--initial-cluster=sandbox=http://127.0.0.1:1",
      // Nothing of a sandbox survives its computer anyway.
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    "kube-apiserver": [
      `--etcd-servers=unix:${files.etcdSocket}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.apiServer}`,
      // Else it looks for an address of this computer, and fails without a network.
      "--advertise-address=127.0.0.1",
      // Endpoints of the service `kubernetes` must not be a loopback address.
      "--endpoint-reconciler-type=none",
      ...served,
      `--client-ca-file=${at(files.certificateAuthority)}`,
      "--authorization-mode=Node,RBAC",
      "--allow-privileged=true",
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${at(files.tokenPublicKey)}`,
      `--service-account-signing-key-file=${at(files.tokenPrivateKey)}`,
      `--egress-selector-config-file=${at(files.egressConfig)}`,
      "--profiling=false",
    ],
    "kube-controller-manager": [
      `--kubeconfig=${client("kube-controller-manager")}`,
      `--authentication-kubeconfig=${client("kube-controller-manager")}`,
      `--authorization-kubeconfig=${client("kube-controller-manager")}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.controllerManager}`,
      ...served,
      "--leader-elect=false",
      "--use-service-account-credentials=true",
      `--service-account-private-key-file=${at(files.tokenPrivateKey)}`,
      `--root-ca-file=${at(files.certificateAuthority)}`,
      `--kube-api-qps=${QPS}`,
      `--kube-api-burst=${BURST}`,
      // A computer that is busy for a minute must not lose its nodes.
      "--node-monitor-grace-period=200s",
      "--profiling=false",
    ],
    "kube-scheduler": [
      `--config=${at(files.schedulerConfig)}`,
      `--authentication-kubeconfig=${client("kube-scheduler")}`,
      `--authorization-kubeconfig=${client("kube-scheduler")}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.scheduler}`,
      ...served,
    ],
    kwok: [
      `--config=${kwokConfig}`,
      `--kubeconfig=${client("kwok")}`,
      `--server-address=127.0.0.1:${ports.kwok}`,
      // Leases are the data plane's. In kwok's file a 0 would count as its default.
      "--node-lease-duration-seconds=0",
    ],
  };
}

/**
 * How the API server comes to nodes and pods, none of which has an address of this computer, and to webhooks: by a proxy of
 * ours, so that it connects to nothing on this computer but etcd.
 */
export function egressConfig(): string {
  const connection = {
    proxyProtocol: "HTTPConnect",
    // Relative, because the path of a socket may have no more than 104 characters.
    transport: { uds: { udsName: files.egressSocket } },
  };
  return stringify({
    apiVersion: "apiserver.k8s.io/v1beta1",
    kind: "EgressSelectorConfiguration",
    egressSelections: ["cluster", "controlplane"].map((name) => ({ name, connection })),
  });
}

/** The scheduler's configuration. Its rate is in here, because beside a configuration the flag for it is ignored. */
export function schedulerConfig(folder: string): string {
  return stringify({
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    leaderElection: { leaderElect: false },
    // It still looks at 100 nodes for a pod where there are as many: more only makes big clusters slow.
    percentageOfNodesToScore: 5,
    clientConnection: {
      kubeconfig: `${folder}/${files.kubeconfigOf("kube-scheduler")}`,
      qps: QPS,
      burst: BURST,
    },
  });
}
