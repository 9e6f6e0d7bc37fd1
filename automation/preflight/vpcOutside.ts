import type { EC2Client } from "@aws-sdk/client-ec2";

/** What is read with. */
export interface VpcOutside {
  readonly ec2: EC2Client;
  readonly signal: AbortSignal;
}
