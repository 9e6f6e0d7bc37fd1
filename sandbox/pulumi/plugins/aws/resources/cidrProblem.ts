import { Address4 } from "ip-address";
import type { Value } from "../../protocol/values";

/** What is wrong with an IPv4 range, of which EC2 takes only network addresses of some sizes. */
export function cidrProblem(value: Value, shortest: number, longest: number): string | undefined {
  if (typeof value !== "string" || !/\/\d+$/.test(value) || !Address4.isValid(value)) {
    return `${JSON.stringify(value)} is not a valid IPv4 CIDR block`;
  }
  const address = new Address4(value);
  const network = `${address.startAddress().correctForm()}/${address.subnetMask}`;
  if (network !== value) return `${value} is not a network address; did you mean ${network}?`;
  if (address.subnetMask < shortest || address.subnetMask > longest) {
    return `${value} has to be between /${shortest} and /${longest}`;
  }
  return undefined;
}
