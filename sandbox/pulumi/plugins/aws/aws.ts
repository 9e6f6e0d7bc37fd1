import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { STSClient } from "@aws-sdk/client-sts";
import type { Act } from "../protocol/plugin";
import { callerIdentity, type Caller } from "./account";
import type { Configuration } from "./configuration";
import { UntilCancelled } from "./untilCancelled";

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

/** Clients for each act, in the region that its resource asks for. */
export class Regions {
  /** Connections, which all acts share. */
  private readonly requestHandler: STSClient["config"]["requestHandler"];

  constructor(readonly configuration: Configuration) {
    const { region } = configuration;
    this.requestHandler = new STSClient({ region }).config.requestHandler;
  }

  /** @param region of the resource; by default the provider's. */
  aws(region: string | undefined, act: Act): Aws {
    const { configuration } = this;
    const where = region ?? configuration.region;
    const clients = this.clientsFor(act, where);
    return {
      ...clients,
      region: where,
      defaultTags: configuration.defaultTags,
      act,
      caller: () => callerIdentity(clients.sts, act.signal),
    };
  }

  private clientsFor({ signal }: Act, region: string): Clients {
    const { requestHandler } = this;
    const { credentials, endpoints, maxAttempts } = this.configuration;
    const retryStrategy = new UntilCancelled(maxAttempts, signal);
    const common = { region, credentials, retryStrategy, requestHandler };
    return {
      autoScaling: new AutoScalingClient({ ...common, endpoint: endpoints.autoscaling }),
      ec2: new EC2Client({ ...common, endpoint: endpoints.ec2 }),
      eks: new EKSClient({ ...common, endpoint: endpoints.eks }),
      sts: new STSClient({ ...common, endpoint: endpoints.sts }),
    };
  }
}
