import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "../clock";

/** What the service needs of the outside. */
export interface AutoScalingOutside {
  /** EC2 as everybody sees it, with its refusals. */
  readonly ec2: EC2Client;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}
