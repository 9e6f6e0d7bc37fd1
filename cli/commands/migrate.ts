import { readAllowances } from "../../planning/guard/allowance";
import { throwIfAny } from "../../planning/problem";
import { command, type Answer, type Command } from "../command";
import {
  environmentFlagOf,
  environmentFlags,
  environmentOf,
  environmentPositional,
} from "../environmentCommand";
import { yes, type FlagValues } from "../flag";
import type { Io } from "../io";
import { migration } from "../migrate/migration";
import { migrationReportProblems } from "../migrate/reportFile";
import { migrationSteps, type StepCommands, type StepFlags } from "../migrate/migrationSteps";
import { nextCommand } from "../nextCommand";
import { pulumiRootFlag } from "../pulumiCommand";
import { flagOfSetting, rotationFlagProblems, settingFlags } from "../rotationFlags";
import { UsageError } from "../usageError";
import { preflight } from "./preflight";
import { preview } from "./preview";
import { report } from "./report";
import { rotate } from "./rotate";
import { status } from "./status";
import { up, upFlags } from "./up";
import { verify } from "./verify";

const flagSet = {
  ...environmentFlags,
  pulumiRoot: pulumiRootFlag,
  yes: yes("approve every step; without it somebody is asked before each that changes anything"),
  ...upFlags,
  ...settingFlags,
  output: {
    ...report.flags.output,
    help: "the file of the report; podnet-report-ENVIRONMENT.html by default",
  },
};

type Flags = FlagValues<typeof flagSet>;

const NOBODY_TO_ASK = {
  path: "--yes",
  reason: "is missing, and there is no terminal to ask for approval on.",
  fix: "Give it to approve every step, or run podnet migrate in a terminal; podnet preview and podnet rotate --dry-run say beforehand what would be done.",
};

/** `podnet migrate ENVIRONMENT`, with other commands in the place of its steps. */
export function migrateWith(commands: StepCommands): Command<typeof flagSet> {
  return command({
    positional: environmentPositional,
    flags: flagSet,
    help: `Examples:
  podnet migrate prod
  podnet migrate prod --yes --json
  podnet migrate prod --max-unavailable 10% --timeout 1h
  podnet migrate prod --yes --allow WORKERS-ROLLED=pod-network-pods-general-us-west-2a

Does the whole procedure: podnet preflight, up, rotate, verify and report, one after the other, with the flags of up
and rotate.
Before up it shows what preflight has found and what preview says, before rotate the plan of the rotation, and asks. A step
whose answer is no ends it, with what that step says and the way out.

Nothing is remembered: each step looks what is left to do. Run again after Ctrl-C, a failure or a no, it goes on from where
it is; steps that are done are looked at, said to be done, and not asked about.

Exit code 0 when the environment is migrated and verified; 1 when the answer of a step is no, or somebody says no; 2 without
--yes where there is no terminal; 3 when AWS, Kubernetes or Pulumi fails; 130 after Ctrl-C.`,

    flagOf: (path) => environmentFlagOf(flagOfSetting(path)),

    async run([name = ""], flags, io): Promise<Answer> {
      environmentOf(name, flags, io);
      readAllowances(flags.allow ?? []);
      const { output = reportOf(name) } = flags;
      throwIfAny([...rotationFlagProblems(flags), ...migrationReportProblems(output)]);
      if (flags.yes !== true && io.ask === undefined) throw new UsageError([NOBODY_TO_ASK]);
      return migrateEnvironment(name, flags, { io, commands, next: nextCommand("migrate", name, flags) });
    },
  });
}

const OWN: StepCommands = { preflight, preview, status, up, rotate, verify, report };

/** `podnet migrate ENVIRONMENT` */
export const migrate = migrateWith(OWN);

/**
 * Migrates one environment.
 *
 * @param outside.commands do the steps. @default podnet's own
 * @param outside.next the command that goes on with it, for people.
 */
export async function migrateEnvironment(
  name: string,
  flags: Flags,
  { io, commands = OWN, next }: { readonly io: Io; readonly commands?: StepCommands; readonly next: string },
): Promise<Answer> {
  const { yes: isApproved = false } = flags;
  const steps = migrationSteps(name, commands, stepFlags(name, flags), io);
  return migration({ name, steps, next, isApproved }, io);
}

function stepFlags(name: string, flags: Flags): StepFlags {
  const { output = reportOf(name) } = flags;
  const place = only(flags, environmentFlags);
  const withPulumi = { ...place, ...only(flags, { pulumiRoot: pulumiRootFlag }) };
  return {
    preflight: place,
    preview: withPulumi,
    status: withPulumi,
    up: { ...withPulumi, ...only(flags, upFlags) },
    rotate: { ...withPulumi, ...only(flags, settingFlags) },
    verify: withPulumi,
    report: { ...withPulumi, output },
  };
}

/** The file of the report where none is given. */
function reportOf(name: string): string {
  return `podnet-report-${name}.html`;
}

/** Those of some flags that belong to a set. */
function only(flags: Flags, set: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(flags).filter(([key]) => Object.hasOwn(set, key)));
}
