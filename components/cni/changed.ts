import type * as pulumi from "@pulumi/pulumi";
import type { AskedEnv } from "../../planning/awsNode/askedEnv";

/** What changes the CNI, and what is then to be in force. */
export interface CniChanged {
  readonly resource: pulumi.Resource;
  readonly inForce: pulumi.Output<AskedEnv>;
}
