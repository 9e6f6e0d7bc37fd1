import { isNotSeen } from "../preflight/finding";
import type { ReportFacts } from "./facts";
import type { ReportTable } from "./table";

/** Something that was changed, with what exactly. */
export interface Change {
  readonly title: string;
  readonly table: ReportTable;
}

/** What a stack has made, and which settings of aws-node are other ones by now; empty where it was never brought up. */
export function changes({ made, settings }: Pick<ReportFacts, "made" | "settings">): Change[] {
  const changed = settings === undefined || isNotSeen(settings) ? [] : settings;
  const env: Change = {
    title: "Settings of aws-node",
    table: {
      caption: "Variables of aws-node that are not as before the first change",
      columns: ["variable", "before", "now"],
      rows: changed.map(({ name, before, now }) => [name, before ?? "not set", now ?? "not set"]),
    },
  };
  if (made === undefined) return changed.length === 0 ? [] : [env];
  const { podCidrs, podSubnets, eniConfigs, workerGroups, cni } = made;
  const all: Change[] = [
    {
      title: "Ranges of the VPC",
      table: {
        caption: "Ranges for pods",
        columns: ["range"],
        rows: podCidrs.map((cidr) => [cidr]),
      },
    },
    {
      title: "Pod subnets",
      table: {
        caption: "Subnets for pods",
        columns: ["zone", "subnet", "range"],
        rows: podSubnets.map(({ availabilityZone, subnetId, cidrBlock }) => [
          availabilityZone,
          subnetId,
          cidrBlock,
        ]),
      },
    },
    {
      title: "ENIConfigs",
      table: {
        caption: `ENIConfigs, which aws-node (${cni.mode === "addOn" ? "a managed add-on" : "a DaemonSet"}) takes`,
        columns: ["ENIConfig"],
        rows: eniConfigs.map((name) => [name]),
      },
    },
    env,
    {
      title: "Worker groups",
      table: {
        caption: "Groups of new workers",
        columns: ["group", "zone", "instead of"],
        rows: workerGroups.map(({ nodeGroupName, availabilityZone, replaces }) => [
          nodeGroupName,
          availabilityZone,
          replaces.join(", "),
        ]),
      },
    },
  ];
  return all.filter(({ table }) => table.rows.length > 0);
}
