/** What a snapshot is made of, and where a sandbox has it, relative to its folder. */
export const keptFiles = {
  /** Of the API server. */
  etcd: "etcd",
  /** Certificates and keys: what etcd holds names them. */
  credentials: "pki",
  kubeconfig: "kubeconfig",
  /** The ports that it had, which are taken again where they are free. */
  ports: "ports.json",
  /** Of EC2 and IAM, by moto. */
  moto: "moto.state",
  /** Of EKS and Auto Scaling. */
  front: "front.state",
} as const;
