import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { ApiObject, Kubernetes } from "../../automation/kubernetes";
import type { RbacObject } from "../../planning/permissions/rbac";
import { files } from "../../sandbox/controlPlane/components";
import type { SandboxRecord } from "../../sandbox/sandbox";

/** The group of a user of {@link makeUser}, and of nobody else. */
export function groupOf(user: string): string {
  return `system:serviceaccounts:${user}`;
}

/**
 * Makes a user of the cluster who has nothing but what roles allow its group: a service account, alone in a namespace.
 *
 * @returns the bearer token by which the API server knows it.
 */
export async function makeUser(
  kubernetes: Kubernetes,
  user: string,
  roles: readonly RbacObject[],
): Promise<string> {
  const accounts = `/api/v1/namespaces/${user}/serviceaccounts`;
  const named = (kind: string) => ({ apiVersion: "v1", kind, metadata: { name: user } });
  await kubernetes.create("/api/v1/namespaces", named("Namespace"));
  await kubernetes.create(accounts, named("ServiceAccount"));
  for (const role of roles) await kubernetes.create(pathOf(role), role);
  const { status } = (await kubernetes.create(`${accounts}/${user}/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    metadata: {},
    spec: { expirationSeconds: 7200 },
  } as unknown as ApiObject)) as { readonly status?: { readonly token?: string } };
  return status?.token ?? "";
}

function pathOf({ apiVersion, kind, metadata: { namespace } }: RbacObject): string {
  const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `/apis/${apiVersion}${place}/${kind.toLowerCase()}s`;
}

/** Certificates of a sandbox for a server that stands in front of its API server: clients take it for that one. */
export function apiServerTls({ folder }: SandboxRecord): { cert: string; key: string; ca: string } {
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return {
    cert: read(files.serverCertificate),
    key: read(files.serverKey),
    ca: read(files.certificateAuthority),
  };
}

/** Writes a kubeconfig of a user whom the API server knows by a token. */
export function writeTokenKubeconfig(path: string, server: string, ca: string, token: string): void {
  const name = "sandbox";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name, cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  writeFileSync(path, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
}
