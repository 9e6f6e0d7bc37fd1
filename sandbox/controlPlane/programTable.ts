/** A program of the control plane, and where it comes from. */
export interface ProgramSource {
  /** The folder below tools/ with its go.mod. */
  readonly module: "etcd" | "kubernetes" | "kwok";
  /** What `go build` builds. */
  readonly package: string;
  /** Asks a program for its version. */
  readonly versionArgs: readonly string[];
  /** What its answer must be, for a program that is found on PATH. */
  readonly version: RegExp;
}

const kubernetes = (name: string, versionArgs: readonly string[]): ProgramSource => ({
  module: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${name}`,
  versionArgs,
  version: /\bv1\.36\.\d+/,
});

/** Every program, in the order in which they are built: kubectl last, as only people need it. */
export const PROGRAMS = {
  etcd: {
    module: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    versionArgs: ["--version"],
    version: /^etcd Version: 3\.6\.\d+/,
  },
  "kube-apiserver": kubernetes("kube-apiserver", ["--version"]),
  "kube-controller-manager": kubernetes("kube-controller-manager", ["--version"]),
  "kube-scheduler": kubernetes("kube-scheduler", ["--version"]),
  kwok: {
    module: "kwok",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    versionArgs: ["--version"],
    version: /\bv0\.7\.\d+/,
  },
  kubectl: kubernetes("kubectl", ["version", "--client"]),
} as const satisfies Record<string, ProgramSource>;

/** The programs of a control plane. */
export type ProgramName = keyof typeof PROGRAMS;
