/** The annotation of pods that says what they need to reach to be Ready, such as `tcp://10.8.4.5:5432,tcp://api.shop.svc:80`. */
export const NEEDS_ANNOTATION = "sandbox/needs";

/** What a pod needs to reach. */
export interface Need {
  /** An address, the host name of an instance such as `ip-10-8-0-4`, or the cluster's name of a Service. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the annotation.
 *
 * @throws Error for what is no list of `tcp://HOST:PORT`.
 */
export function readNeeds(annotation: string): Need[] {
  return annotation.split(",").map((text) => {
    const [, host = "", port = ""] = /^tcp:\/\/([\w.-]+):(\d{1,5})$/.exec(text.trim()) ?? [];
    if (host === "" || Number(port) < 1 || Number(port) > 65535) {
      throw new Error(
        `${NEEDS_ANNOTATION}: ${JSON.stringify(text.trim())} is no tcp://HOST:PORT; give one or several, with commas between.`,
      );
    }
    return { host, port: Number(port) };
  });
}

/** What a name of a Service in the cluster's DNS is about. */
export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/** The address that a host is, or that its name says. */
export function addressOf(host: string): string | undefined {
  if (/^\d+(\.\d+){3}$/.test(host)) return host;
  const named = /^ip-(\d+)-(\d+)-(\d+)-(\d+)(\..+)?$/.exec(host);
  return named?.slice(1, 5).join(".");
}

/** The Service that a host names as seen from a pod of a namespace: `api`, `api.shop`, `api.shop.svc` and longer. */
export function serviceOf(host: string, ownNamespace: string): ServiceName | undefined {
  const [name = "", namespace = ownNamespace, ...domain] = host.split(".");
  const isOfCluster = ["", "svc", "svc.cluster.local"].includes(domain.join("."));
  return isOfCluster ? { name, namespace } : undefined;
}
