import type { Properties } from "../protocol/values";
import type { Schema } from "../schema/property";
import type { Aws } from "./aws";

/** A function of the provider, which programs call with `aws.ec2.getVpc()` and the like. */
export interface AwsFunction {
  /** For example `aws:ec2/getVpc:getVpc`. */
  readonly token: string;
  /** Its arguments; a function's `region` is one as well. */
  readonly args: Schema;
  /** Whether its result names the region it was asked in. Default: true. */
  readonly regional?: false;
  call(args: Properties, aws: Aws): Promise<Properties>;
}
