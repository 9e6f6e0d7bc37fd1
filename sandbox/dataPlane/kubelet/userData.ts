import { parse } from "yaml";

/** What user data tells the kubelet. */
export interface KubeletSettings {
  /** Nothing when it is left to the AMI. */
  readonly maxPods: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** A taint as the kubelet registers it. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/**
 * Reads the user data of an AL2023 instance as nodeadm does: every NodeConfig in it, merged in order, the last one wins;
 * a flag of the kubelet beats its configuration file.
 *
 * Parts of other types, such as shell scripts, are passed over.
 *
 * @param userData decoded; empty for none.
 * @throws Error for what would start a node and what this data plane can't read: an AL2 bootstrap script, a Bottlerocket
 *   document, maxPodsExpression.
 */
export function readKubeletSettings(userData: string): KubeletSettings {
  const flags: string[] = [];
  let configured: unknown;
  for (const document of nodeConfigs(userData)) {
    const kubelet = child(child(document, "spec"), "kubelet");
    if (child(kubelet, "maxPodsExpression") !== undefined) {
      throw new Error("spec.kubelet.maxPodsExpression is nothing that the sandbox's data plane can compute");
    }
    const given = child(kubelet, "flags");
    if (Array.isArray(given)) flags.push(...given.map(String));
    configured = child(child(kubelet, "config"), "maxPods") ?? configured;
  }
  const flag = (name: string) => flags.filter((text) => text.startsWith(`--${name}=`)).map(afterEquals);
  return {
    maxPods: readMaxPods(flag("max-pods").at(-1) ?? configured),
    labels: Object.fromEntries(flag("node-labels").flatMap(items).map(keyAndValue)),
    taints: flag("register-with-taints").flatMap(items).map(taint),
  };
}

function readMaxPods(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const maxPods = Number(given);
  if (!Number.isInteger(maxPods) || maxPods <= 0) {
    throw new Error(`maxPods: ${JSON.stringify(given)} is no number of pods`);
  }
  return maxPods;
}

function nodeConfigs(userData: string): unknown[] {
  return parts(userData).flatMap(({ contentType, body }) => {
    if (contentType === "application/node.eks.aws") return [parse(body) as unknown];
    if (contentType !== undefined && contentType !== "text/plain") return [];
    const text = body.trim();
    if (text === "") return [];
    if (/^kind:\s*NodeConfig\s*$/m.test(text)) return [parse(text) as unknown];
    if (/^#!/.test(text) && !text.includes("/etc/eks/bootstrap.sh")) return [];
    throw new Error(
      `the sandbox's data plane reads a NodeConfig of AL2023 only, and not user data that begins with ` +
        JSON.stringify(text.slice(0, 60)),
    );
  });
}

/** The parts of a MIME multipart document; any other text is one part of no type. */
function parts(userData: string): { contentType: string | undefined; body: string }[] {
  const text = userData.replaceAll("\r\n", "\n");
  const boundary = /^content-type:\s*multipart\/mixed;[^]*?boundary="?([^"\n;]+)"?/im.exec(text)?.[1];
  if (boundary === undefined) return [{ contentType: undefined, body: text }];
  return text
    .split(`\n--${boundary}`)
    .slice(1)
    .filter((part) => !part.startsWith("--"))
    .map((part) => {
      const [head = "", ...rest] = part.replace(/^\n/, "").split("\n\n");
      const contentType = /^content-type:\s*([^;\s]+)/im.exec(head)?.[1]?.toLowerCase();
      const body = rest.join("\n\n");
      const isBase64 = /^content-transfer-encoding:\s*base64/im.test(head);
      return { contentType, body: isBase64 ? Buffer.from(body, "base64").toString() : body };
    });
}

function child(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function afterEquals(flag: string): string {
  return flag.slice(flag.indexOf("=") + 1).replace(/^(["'])(.*)\1$/, "$2");
}

function items(list: string): string[] {
  return list.split(",").filter((item) => item !== "");
}

function keyAndValue(item: string): [string, string] {
  const at = item.indexOf("=");
  return at < 0 ? [item, ""] : [item.slice(0, at), item.slice(at + 1)];
}

/** `key=value:effect` or `key:effect`. */
function taint(item: string): Taint {
  const at = item.lastIndexOf(":");
  const [key, value] = keyAndValue(item.slice(0, at));
  return { key, ...(value === "" ? {} : { value }), effect: item.slice(at + 1) };
}
