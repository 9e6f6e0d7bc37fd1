import type { CniVersion } from "../ipamd/cniVersion";
import type { IpamdState } from "../ipamd/ipamdState";

/** All that ipamd of one node can tell of itself at one moment. */
export interface IpamdReport extends IpamdState {
  /** The release of the aws-node image on that node, which decides how its documents look. */
  readonly version: CniVersion;
  /** The environment of the container aws-node. */
  readonly env: Readonly<Record<string, string>>;
  /** The ENIConfig that the Node names, or `default`. */
  readonly eniConfigName: string;
  /** The pod of a uid; nothing once the API server knows none. */
  readonly podOf: (uid: string) => { readonly namespace: string; readonly name: string } | undefined;
}
