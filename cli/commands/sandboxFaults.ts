import type { Fault } from "../../sandbox/aws/faults/faults";
import { nameWords } from "../../sandbox/record";
import { command, type Answer } from "../command";
import { ofFaults } from "../faultsOfSandbox";
import { faultText } from "../faultText";
import { textOr } from "../flag";
import { nameFlag } from "../sandboxCommand";
import { table } from "../table";

const ALL = "all";

/** `podnet sandbox faults` */
export const sandboxFaults = command({
  flags: { name: nameFlag, clear: textOr("[id]", ALL, "end that fault, or all of them") },
  help: `Examples:
  podnet sandbox faults
  podnet sandbox faults --json
  podnet sandbox faults --clear
  podnet sandbox faults --clear f-2

podnet sandbox fault adds one.`,

  async run(_args, { name = "default", clear }): Promise<Answer> {
    if (clear === undefined) {
      const faults = await ofFaults(name, (of) => of.list());
      return { json: { faults }, text: describe(faults, name) };
    }
    const removed = await ofFaults(name, (of) => of.remove(clear === ALL ? undefined : clear));
    if (removed === 0 && clear !== ALL) {
      return { json: { removed }, text: `There is no fault ${clear}.`, isNo: true };
    }
    return { json: { removed }, text: removed === 1 ? "1 fault is over." : `${removed} faults are over.` };
  },
});

function describe(faults: readonly Fault[], name: string): string {
  if (faults.length === 0)
    return `There are no faults. podnet sandbox fault KIND${nameWords(name)} adds one.`;
  const rows = faults.map((fault) => [
    fault.id,
    faultText(fault),
    fault.hits,
    fault.isOver ? "over" : "in force",
  ]);
  return table(
    [{ head: "ID" }, { head: "FAULT" }, { head: "HITS", align: "right" }, { head: "STATE" }],
    rows,
  );
}
