import { stringify } from "yaml";
import type { Identity } from "./pki";

/**
 * A kubeconfig file that needs no other file.
 *
 * @param name of the cluster, the user and the context.
 */
export function kubeconfigOf(
  name: string,
  server: string,
  certificateAuthority: string,
  { certificate, key }: Identity,
): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server, "certificate-authority-data": base64(certificateAuthority) } }],
      users: [
        {
          name,
          user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    },
    { lineWidth: 0 },
  );
}

/** A kubeconfig file of ours, for the same cluster at another address. */
export function withServer(kubeconfig: string, server: string): string {
  return kubeconfig.replace(/^( *server: ).*$/m, `$1${server}`);
}
