import { paginateDescribeManagedPrefixLists, paginateGetManagedPrefixListEntries } from "@aws-sdk/client-ec2";
import { readCidr, type CidrBlock } from "../../planning/cidrBlock";
import type { VpcOutside } from "./vpcOutside";

/** IPv4 blocks of prefix lists, by their ids. */
export type PrefixLists = ReadonlyMap<string, readonly CidrBlock[]>;

/** Reads prefix lists. Needs ec2:DescribeManagedPrefixLists and ec2:GetManagedPrefixListEntries where there are any. */
export async function readPrefixLists(
  { ec2, signal }: VpcOutside,
  ids: ReadonlySet<string>,
): Promise<PrefixLists> {
  const lists = new Map<string, CidrBlock[]>();
  if (ids.size === 0) return lists;
  const pages = paginateDescribeManagedPrefixLists(
    { client: ec2 },
    { PrefixListIds: [...ids] },
    { abortSignal: signal },
  );
  for await (const { PrefixLists: found = [] } of pages) {
    for (const { PrefixListId = "", AddressFamily } of found) {
      if (AddressFamily !== "IPv6") lists.set(PrefixListId, await readEntries({ ec2, signal }, PrefixListId));
    }
  }
  return lists;
}

async function readEntries({ ec2, signal }: VpcOutside, PrefixListId: string): Promise<CidrBlock[]> {
  const found: CidrBlock[] = [];
  const pages = paginateGetManagedPrefixListEntries(
    { client: ec2 },
    { PrefixListId },
    { abortSignal: signal },
  );
  for await (const { Entries = [] } of pages) {
    for (const { Cidr = "" } of Entries) {
      const reading = readCidr(Cidr);
      if (reading.kind === "block") found.push(reading.block);
    }
  }
  return found;
}
