import { DescribeInstanceTypesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";

/** What an instance type can carry, as EC2 says. */
export interface InstanceTypeLimits {
  readonly instanceType: string;
  /** ENIs on the default network card, the primary one included. */
  readonly enis: number;
  /** IPv4 addresses of each ENI, its primary one included. */
  readonly ipv4PerEni: number;
  readonly vcpus: number;
  /** Whether the hypervisor is Nitro; bare metal has none. */
  readonly nitro: boolean;
  readonly architecture: "x86_64" | "arm64";
}

/** Answers what a type can carry. @throws AwsError InvalidInstanceType for one that EC2 does not offer. */
export type LookUpInstanceType = (instanceType: string) => Promise<InstanceTypeLimits>;

/** Asks the emulated EC2, whose table comes from AWS; once for each type. */
export function instanceTypes(ec2: EC2Client): LookUpInstanceType {
  const known = new Map<string, Promise<InstanceTypeLimits>>();
  return (instanceType) => {
    let found = known.get(instanceType);
    if (found === undefined) {
      found = describe(ec2, instanceType);
      known.set(instanceType, found);
      // A failure is no answer to keep.
      found.catch(() => known.delete(instanceType));
    }
    return found;
  };
}

async function describe(ec2: EC2Client, instanceType: string): Promise<InstanceTypeLimits> {
  // By filter: a type that it does not know is then no error of its own shape.
  const { InstanceTypes: [type] = [] } = await ec2.send(
    new DescribeInstanceTypesCommand({ Filters: [{ Name: "instance-type", Values: [instanceType] }] }),
  );
  const network = type?.NetworkInfo;
  const card = network?.NetworkCards?.find(
    ({ NetworkCardIndex }) => NetworkCardIndex === (network.DefaultNetworkCardIndex ?? 0),
  );
  const enis = card?.MaximumNetworkInterfaces ?? network?.MaximumNetworkInterfaces;
  const ipv4PerEni = network?.Ipv4AddressesPerInterface;
  const vcpus = type?.VCpuInfo?.DefaultVCpus;
  if (enis === undefined || ipv4PerEni === undefined || vcpus === undefined) {
    throw new AwsError("InvalidInstanceType", `The instance type '${instanceType}' is not known`);
  }
  const arm = type?.ProcessorInfo?.SupportedArchitectures?.includes("arm64") === true;
  return {
    instanceType,
    enis,
    ipv4PerEni,
    vcpus,
    nitro: type?.Hypervisor === "nitro",
    architecture: arm ? "arm64" : "x86_64",
  };
}
