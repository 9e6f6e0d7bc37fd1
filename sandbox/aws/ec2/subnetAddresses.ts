import { AwsError } from "../protocol/awsError";
import { readIpv4, readIpv4Block, writeIpv4, type Ipv4Block } from "./ipv4";

/** A subnet, and which of its addresses are somebody's. */
export interface SubnetAddresses {
  readonly subnetId: string;
  readonly cidrBlock: string;
  readonly taken: ReadonlySet<string>;
  /** Blocks that are kept for prefixes, or for addresses that callers name: none is chosen of them. */
  readonly reserved?: readonly string[] | undefined;
  /** The address that was chosen last, if one was. */
  readonly lastChosen?: string | undefined;
}

/** AWS keeps the first four addresses of every subnet, and the last. */
const KEPT_AT_THE_START = 4;
const KEPT_AT_THE_END = 1;

/**
 * Chooses free addresses of a subnet: the next ones behind the last chosen, and from the start again behind the end. So
 * an address that was given back is nobody's for as long as there are others.
 *
 * @throws AwsError InsufficientFreeAddressesInSubnet where there are fewer; then nothing is taken.
 */
export function chooseAddresses(subnet: SubnetAddresses, count: number): string[] {
  const block = blockOf(subnet);
  const reserved = (subnet.reserved ?? []).flatMap((text) => readIpv4Block(text) ?? []);
  const chosen: string[] = [];
  const start = block.first + KEPT_AT_THE_START;
  const size = block.size - KEPT_AT_THE_START - KEPT_AT_THE_END;
  const last = subnet.lastChosen === undefined ? undefined : readIpv4(subnet.lastChosen);
  const first = last === undefined ? 0 : last + 1 - start;
  for (let step = 0; step < size && chosen.length < count; step += 1) {
    const number = start + ((first + step) % size);
    const address = writeIpv4(number);
    if (!subnet.taken.has(address) && !reserved.some((one) => isWithin(one, number))) chosen.push(address);
  }
  if (chosen.length < count) {
    throw new AwsError(
      "InsufficientFreeAddressesInSubnet",
      `The specified subnet does not have enough free addresses to satisfy the request. (${subnet.subnetId}: ` +
        `${count} asked for, ${chosen.length} free)`,
    );
  }
  return chosen;
}

/**
 * Checks addresses that a caller names.
 *
 * @throws AwsError InvalidParameterValue for one outside the subnet or kept by AWS, InvalidIPAddress.InUse for one that
 *   is somebody's.
 */
export function checkAddresses(subnet: SubnetAddresses, addresses: readonly string[]): void {
  const block = blockOf(subnet);
  for (const address of addresses) {
    const number = readIpv4(address) ?? -1;
    if (number < block.first || number >= block.first + block.size) {
      throw new AwsError(
        "InvalidParameterValue",
        `Address ${address} does not fall within the subnet's address range`,
      );
    }
    if (number < block.first + KEPT_AT_THE_START || number >= block.first + block.size - KEPT_AT_THE_END) {
      throw new AwsError("InvalidParameterValue", `Address ${address} is in subnet's reserved address range`);
    }
    if (subnet.taken.has(address)) {
      throw new AwsError("InvalidIPAddress.InUse", `Address ${address} is in use.`);
    }
  }
}

function blockOf(subnet: SubnetAddresses) {
  const block = readIpv4Block(subnet.cidrBlock);
  if (block === undefined) throw new Error(`${subnet.subnetId} has no IPv4 block: ${subnet.cidrBlock}`);
  return block;
}

function isWithin({ first, size }: Ipv4Block, address: number): boolean {
  return address >= first && address < first + size;
}
