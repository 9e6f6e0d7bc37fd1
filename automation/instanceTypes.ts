import { paginateDescribeInstanceTypes, type EC2Client, type InstanceTypeInfo } from "@aws-sdk/client-ec2";
import type { InstanceType } from "../planning/instanceType";

/** EC2 takes at most this many values in one filter. */
const VALUES_PER_FILTER = 200;

/**
 * Asks EC2 what instance types can carry.
 *
 * Needs the IAM action `ec2:DescribeInstanceTypes`.
 *
 * @param names the types to ask for; all that the Region offers when left out. A name that EC2 does not know is
 *   missing in the answer (a filter finds nothing, where a list of names would fail the whole call).
 * @param signal ends the asking. @default none
 */
export async function describeInstanceTypes(
  client: EC2Client,
  names?: readonly string[],
  signal?: AbortSignal,
): Promise<InstanceType[]> {
  const found: InstanceType[] = [];
  for (const filter of filtersOf(names)) {
    const pages = paginateDescribeInstanceTypes(
      { client },
      filter,
      signal === undefined ? {} : { abortSignal: signal },
    );
    for await (const page of pages) {
      found.push(...(page.InstanceTypes ?? []).map(toInstanceType));
    }
  }
  return found;
}

function filtersOf(names: readonly string[] | undefined) {
  if (names === undefined) return [{}];
  const filters = [];
  for (let at = 0; at < names.length; at += VALUES_PER_FILTER) {
    filters.push({ Filters: [{ Name: "instance-type", Values: names.slice(at, at + VALUES_PER_FILTER) }] });
  }
  return filters;
}

/**
 * Keeps of an EC2 answer what pods' addresses depend on.
 *
 * @throws Error naming the field, when EC2 left out one that decides the number of pods.
 */
function toInstanceType(info: InstanceTypeInfo): InstanceType {
  const name = known(info.InstanceType, "InstanceType", "an instance type");
  const network = known(info.NetworkInfo, "NetworkInfo", name);
  const defaultCard = network.NetworkCards?.find(
    (card) => card.NetworkCardIndex === (network.DefaultNetworkCardIndex ?? 0),
  );
  return {
    instanceType: name,
    enis: known(
      // Types of one card may be answered without a list of cards.
      defaultCard?.MaximumNetworkInterfaces ?? network.MaximumNetworkInterfaces,
      "NetworkInfo.MaximumNetworkInterfaces",
      name,
    ),
    ipv4PerEni: known(network.Ipv4AddressesPerInterface, "NetworkInfo.Ipv4AddressesPerInterface", name),
    vcpus: known(info.VCpuInfo?.DefaultVCpus, "VCpuInfo.DefaultVCpus", name),
    hypervisor: info.Hypervisor ?? null,
    bareMetal: info.BareMetal ?? false,
  };
}

function known<T>(value: T | undefined, field: string, instanceType: string): T {
  if (value === undefined) {
    throw new Error(`EC2 DescribeInstanceTypes answered ${instanceType} without ${field}`);
  }
  return value;
}
