import { blockAt, cidrBlock } from "../cidrBlock";

/** The address of a cluster's DNS: the tenth of its service range, as the bootstrap script of the AMI has it. */
export function clusterDnsIp(serviceCidr: string): string {
  return blockAt(cidrBlock(serviceCidr).first + 10, 32).cidr.replace("/32", "");
}
