import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { STSClient } from "@aws-sdk/client-sts";
import type { Act } from "../protocol/plugin";
import { callerIdentity, type Caller } from "./account";
import type { Configuration } from "./configuration";

interface Clients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly sts: STSClient;
}

/** The emulated AWS in one region, for one act. */
export interface Aws extends Clients {
  readonly region: string;
  readonly defaultTags: Readonly<Record<string, string>>;
  readonly act: Act;
  readonly caller: () => Promise<Caller>;
}

/** Clients for each region that resources ask for, made once. */
export class Regions {
  private readonly clients = new Map<string, Clients>();

  constructor(readonly configuration: Configuration) {}

  /** @param region of the resource; by default the provider's. */
  aws(region: string | undefined, act: Act): Aws {
    const { configuration } = this;
    const where = region ?? configuration.region;
    const clients = this.clientsOf(where);
    return {
      ...clients,
      region: where,
      defaultTags: configuration.defaultTags,
      act,
      caller: () => callerIdentity(clients.sts, act.signal),
    };
  }

  private clientsOf(region: string): Clients {
    const known = this.clients.get(region);
    if (known !== undefined) return known;
    const { credentials, endpoints, maxAttempts } = this.configuration;
    const common = { region, credentials, maxAttempts };
    const made = {
      autoScaling: new AutoScalingClient({ ...common, endpoint: endpoints.autoscaling }),
      ec2: new EC2Client({ ...common, endpoint: endpoints.ec2 }),
      eks: new EKSClient({ ...common, endpoint: endpoints.eks }),
      sts: new STSClient({ ...common, endpoint: endpoints.sts }),
    };
    this.clients.set(region, made);
    return made;
  }
}
