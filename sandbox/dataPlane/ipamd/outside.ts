import type { NodeInterfaces } from "../ec2/nodeInterfaces";
import type { InstanceLimits } from "../limitsOfInstanceType";
import type { NodeNames } from "./eniConfigName";
import type { Patience } from "./nextStep";
import type { FindEniConfig } from "./placement";
import type { IpamdSettings } from "./settings";
import type { ZoneSubnet } from "./subnetDiscovery";

/** A Node, as ipamd sees it now. */
export interface OwnNode extends NodeNames {
  readonly isSchedulable: boolean;
}

/** What ipamd starts with. */
export interface IpamdArgs {
  readonly settings: IpamdSettings;
  readonly limits: InstanceLimits;
  /** status.capacity.pods. */
  readonly maxPods: number;
  /** Pods that have addresses already, by uid. */
  readonly addressesInUse: ReadonlyMap<string, string>;
}

/** What ipamd reaches. */
export interface IpamdOutside {
  readonly interfaces: Pick<
    NodeInterfaces,
    "list" | "attach" | "detach" | "assign" | "unassign" | "setSecurityGroups"
  >;
  /** The subnets of the node's zone. */
  readonly subnets: () => Promise<readonly ZoneSubnet[]>;
  /** The Node as it is at that moment. */
  readonly node: () => OwnNode;
  readonly eniConfig: FindEniConfig;
  readonly patience: Patience;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}
