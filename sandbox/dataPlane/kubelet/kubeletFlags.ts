import { taintOf, type Taint } from "./kubeletSettings";

/** What flags tell a kubelet. */
export interface KubeletFlags {
  /** As it was given; the last one counts. */
  readonly maxPods: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** Reads a kubelet's flags, such as `--max-pods=20`; labels and taints of several add up. */
export function readKubeletFlags(flags: readonly string[]): KubeletFlags {
  const given = (name: string) => flags.filter((text) => text.startsWith(`--${name}=`)).map(afterEquals);
  return {
    maxPods: given("max-pods").at(-1),
    labels: Object.fromEntries(given("node-labels").flatMap(items).map(keyAndValue)),
    taints: given("register-with-taints").flatMap(items).map(taint),
  };
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
  return taintOf(key, `${value}${item.slice(at)}`);
}
