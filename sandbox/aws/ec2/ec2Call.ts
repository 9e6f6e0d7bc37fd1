import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "../clock";
import type { FaultedCall, Faults } from "../faults/faults";
import type { AwsResponse } from "../protocol/awsRequest";
import type { QuotaLedger } from "../serviceQuotas/quotaLedger";
import type { InTurn } from "../inTurn";
import type { LookUpInstanceType } from "./instanceType";
import type { InterfaceCount } from "./interfaceCount";
import type { Inventory } from "./inventory";
import type { PrefixLedger } from "./prefixes";
import type { SubnetLedger } from "./subnetLedger";

/** What the corrections of EC2 share. */
export interface Ec2Outside {
  /** Moto's EC2, uncorrected. */
  readonly ec2: EC2Client;
  readonly inventory: Inventory;
  readonly ledger: SubnetLedger;
  readonly prefixes: PrefixLedger;
  /** ENIs that were made as trunks of branch ENIs; to moto all are of one type. */
  readonly trunks: Set<string>;
  readonly lookUpInstanceType: LookUpInstanceType;
  /** Everything that takes or gives back addresses goes through this queue. */
  readonly inTurn: InTurn;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly quotas: Pick<QuotaLedger, "valueOf">;
  readonly interfaceCount: InterfaceCount;
  readonly region: string;
  /** ENIs whose attachment says DeleteOnTermination; moto forgets it where it is set later. */
  readonly deletedWithInstance: Set<string>;
  /** Descriptions of subnet CIDR reservations, which moto forgets. */
  readonly reservationDescriptions: Map<string, string>;
  /** Security groups of ENIs as they were given; moto shows those of the instance among them. */
  readonly groupsOf: Map<string, readonly string[]>;
}

/** A call to EC2. */
export interface Ec2Call extends FaultedCall {
  readonly form: Map<string, string>;
  /** Moto's answer to the form as it is now. */
  forward(form?: ReadonlyMap<string, string>): Promise<AwsResponse>;
}

/** Answers one action of EC2. @throws AwsError for what AWS refuses. */
export type Ec2Action = (call: Ec2Call, outside: Ec2Outside) => Promise<AwsResponse>;
