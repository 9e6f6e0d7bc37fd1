import { readCidr } from "../planning/cidrBlock";
import { shown } from "../planning/problem";
import { items, refuse, text, type Flag } from "./flag";

/** With what a cluster is asked that is in no file of environments. */
export const clusterAccessFlags = {
  profile: text("<name>", "an AWS profile; the ambient credentials by default"),
  kubeconfig: text("<path>", "a kubeconfig; KUBECONFIG by default"),
  kubeContext: text("<name>", "a context of it; the current one by default"),
};

/**
 * Blocks for pods.
 *
 * @param byDefault which they are where none is given, as help says it.
 */
export function podCidrFlag(byDefault: string): Flag<readonly string[]> {
  return items("<cidr...>", `blocks for pods; ${byDefault}`, (given) =>
    readCidr(given).kind === "block"
      ? { value: given }
      : refuse(`${shown(given)} is not an IPv4 block.`, "Write it as 100.64.0.0/16."),
  );
}
