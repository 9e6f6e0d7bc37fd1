import { grouped } from "../amounts";
import type { AddressBand, BandSubnet } from "./addressBands";
import { percent } from "./spans";
import type { ReportTable } from "./table";

/** The subnets of all bands, with how full they were and are. */
export function bandsTable(bands: readonly AddressBand[]): ReportTable {
  return {
    caption: "Subnets of the VPC and the addresses that are taken",
    columns: ["block", "subnet", "zone", "range", "for", "addresses", "taken before", "taken now"],
    rows: bands.flatMap(({ cidrBlock, before, after }) => {
      const ids = new Set([...(before?.subnets ?? []), ...after.subnets].map(({ subnetId }) => subnetId));
      return [...ids].flatMap((id) => {
        const then = before?.subnets.find(({ subnetId }) => subnetId === id);
        const now = after.subnets.find(({ subnetId }) => subnetId === id);
        const either = now ?? then;
        if (either === undefined) return [];
        const { subnetId, availabilityZone, isForPods, usable } = either;
        return [
          [
            ...[cidrBlock, subnetId, availabilityZone, either.cidrBlock, isForPods ? "pods" : "nodes"],
            grouped(usable),
            before === undefined ? "not known" : takenText(then),
            takenText(now),
          ],
        ];
      });
    }),
  };
}

/** How many addresses of a subnet are taken, with their part of it. */
export function takenText(subnet: BandSubnet | undefined): string {
  if (subnet === undefined) return "not there";
  return `${grouped(subnet.used)} (${percent(subnet.used, subnet.usable)} %)`;
}
