import { readKubeletFlags } from "./kubeletFlags";
import { readMaxPods, type KubeletSettings } from "./kubeletSettings";

/** The kubelet's own number, where neither a flag nor its configuration says one. */
const KUBELET_DEFAULT_MAX_PODS = 110;

/** Whether user data is a shell script that starts a kubelet as Amazon Linux 2 does. */
export function isAl2Bootstrap(script: string): boolean {
  return /^[^#\n]*\/etc\/eks\/bootstrap\.sh\s/m.test(script);
}

/**
 * Reads the call of `/etc/eks/bootstrap.sh CLUSTER [options]` in a shell script: `--use-max-pods` and
 * `--kubelet-extra-args`, of which a flag beats what the script writes into the kubelet's configuration. Variables of the
 * shell are not resolved.
 *
 * Source: awslabs/amazon-eks-ami, templates/al2/runtime/bootstrap.sh, as it was until March 2026.
 *
 * @throws Error for max pods that are no number.
 */
export function readAl2Bootstrap(script: string): KubeletSettings {
  const joined = script.replaceAll(/\\\n/g, " ");
  const [, call = ""] = /^[^#\n]*\/etc\/eks\/bootstrap\.sh\s+(.*)$/m.exec(joined) ?? [];
  const words = wordsOf(call);
  const option = (name: string) => {
    const at = words.indexOf(`--${name}`);
    return at < 0 ? undefined : words[at + 1];
  };
  const flags = readKubeletFlags(wordsOf(option("kubelet-extra-args") ?? ""));
  const otherwise = option("use-max-pods") === "false" ? KUBELET_DEFAULT_MAX_PODS : undefined;
  return {
    clusterName: positional(words),
    maxPods: readMaxPods(flags.maxPods) ?? otherwise,
    labels: flags.labels,
    taints: flags.taints,
    operatingSystem: "al2",
    warnings: [],
  };
}

/** The first word that is neither an option nor the value of one; every option has a value, which may look like one. */
function positional(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    if (words[at]?.startsWith("--") !== true) return words[at];
    at += 1;
  }
  return undefined;
}

/** Words as a shell parts them; what quotes hold is one. */
function wordsOf(text: string): string[] {
  return (text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []).map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ""),
  );
}
