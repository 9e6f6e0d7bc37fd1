import { stringify } from "yaml";
import type { NodeGroupTaint } from "./eksState";
import { invalidParameter } from "./eksError";

/** What EKS tells a node at its first start. */
export interface NodeUserData {
  readonly clusterName: string;
  readonly server: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly serviceCidr: string;
  readonly clusterDns: string;
  readonly maxPods: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeGroupTaint[];
}

const BOUNDARY = "//";

/**
 * User data for Amazon Linux 2023: MIME parts, the last of which is EKS's NodeConfig; nodeadm merges them in order, the
 * last one wins.
 *
 * @param usersOwn user data of the user's launch template, base64.
 * @returns base64, as launch templates have it.
 * @throws AwsError for user data of the user's own that isn't MIME multipart.
 */
export function renderUserData(data: NodeUserData, usersOwn?: string): string {
  const config = {
    apiVersion: "node.eks.aws/v1alpha1",
    kind: "NodeConfig",
    spec: {
      cluster: {
        name: data.clusterName,
        apiServerEndpoint: data.server,
        certificateAuthority: Buffer.from(data.certificateAuthority).toString("base64"),
        cidr: data.serviceCidr,
      },
      kubelet: {
        config: { maxPods: data.maxPods, clusterDNS: [data.clusterDns] },
        flags: kubeletFlags(data),
      },
    },
  };
  const own = `Content-Type: application/node.eks.aws\n\n---\n${stringify(config, { lineWidth: 0 })}`;
  const parts = [...(usersOwn === undefined ? [] : mimeParts(usersOwn)), own];
  const body = parts.map((part) => `--${BOUNDARY}\n${part}\n`).join("");
  const message = `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${BOUNDARY}"\n\n${body}--${BOUNDARY}--\n`;
  return Buffer.from(message).toString("base64");
}

/** The taint as Kubernetes spells it. */
export function kubernetesTaint({ key, value, effect }: NodeGroupTaint) {
  const effects = {
    NO_SCHEDULE: "NoSchedule",
    NO_EXECUTE: "NoExecute",
    PREFER_NO_SCHEDULE: "PreferNoSchedule",
  };
  return { key, ...(value === undefined ? {} : { value }), effect: effects[effect] };
}

function kubeletFlags({ labels, taints }: NodeUserData): string[] {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const registered = taints.map((taint) => {
    const { key, value = "", effect } = kubernetesTaint(taint);
    return `${key}=${value}:${effect}`;
  });
  return [
    `--node-labels=${pairs.join(",")}`,
    ...(registered.length === 0 ? [] : [`--register-with-taints=${registered.join(",")}`]),
  ];
}

function mimeParts(userData: string): string[] {
  const message = Buffer.from(userData, "base64").toString();
  const [, boundary] = /^content-type:\s*multipart\/mixed;\s*boundary="?([^"\s;]+)"?/im.exec(message) ?? [];
  if (boundary === undefined) {
    throw invalidParameter("User data was not in the MIME multipart format");
  }
  const [, ...parts] = message.replace(/\r\n/g, "\n").split(`\n--${boundary}`);
  return parts.filter((part) => !part.startsWith("--")).map((part) => part.replace(/^\n/, "").trimEnd());
}
