import { contains, readIpv4, readIpv4Block } from "../../aws/ec2/ipv4";

/** Whether an address lies in one of the CIDR blocks; what is no IPv4 block holds nothing. */
export function isIn(address: string, cidrs: readonly string[]): boolean {
  const first = readIpv4(address);
  if (first === undefined) return false;
  return cidrs.some((cidr) => {
    const block = readIpv4Block(cidr);
    return block !== undefined && contains(block, { first, size: 1, prefixLength: 32 });
  });
}

/** Ranges that the internet does not route: RFC 1918, RFC 6598, RFC 2544, and link-local addresses. */
const NOT_ON_THE_INTERNET = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  ...["100.64.0.0/10", "198.18.0.0/15", "169.254.0.0/16"],
];

/** Whether the internet leads to an address. */
export function isOnTheInternet(address: string): boolean {
  return !isIn(address, NOT_ON_THE_INTERNET);
}
