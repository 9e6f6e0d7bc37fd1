import { command, type Answer } from "../command";
import { environmentFlags, environmentOf } from "../environmentCommand";
import { describeExplanations } from "../explanationText";
import { pulumiRootFlag } from "../pulumiCommand";
import { drainFlags, flagOfSetting, givenRotationOptions, rotationFlagProblems } from "../rotationFlags";
import { shown, throwIfAny } from "../../planning/problem";
import { UsageError } from "../usageError";
import { withRunner } from "../withRunner";
import { terminalColumns } from "../wrapped";

const { force, podSelector, deleteEmptydirData } = drainFlags;

/** `podnet explain ENVIRONMENT NODE|POD...` */
export const explain = command({
  positional: {
    name: "ENVIRONMENT NODE|POD",
    key: "names",
    help: "an environment, then nodes by name, short name or instance id, and pods as namespace/name",
    many: true,
  },
  flags: { ...environmentFlags, pulumiRoot: pulumiRootFlag, force, podSelector, deleteEmptydirData },
  help: `Examples:
  podnet explain prod ip-10-8-17-201.us-west-2.compute.internal
  podnet explain prod payments/ledger-2
  podnet explain prod i-0c1d2e3f4a5b6c7d8 shop/web-6d4cf56db6-x2x7k --json
  podnet explain prod ops/debug-7 --force

Says of a node whether it is old and by which evidence, who owns it and what replaces it, which ENIConfig it takes and by
which rule, whether it is cordoned and by which run, and what becomes of each of its pods; of a pod its address, what
becomes of it, who makes it again and which budgets hold it. While a rollback is unfinished it says so, and what that does
with each. Changes nothing. Flags are those of podnet rotate, and decide alike: with the rotation settings of the file of
environments.

Exit code 0 where each name is somebody's, 1 where one is nobody's.`,
  flagOf: flagOfSetting,

  async run([name = "", ...names], flags, io): Promise<Answer> {
    if (names.length === 0) {
      const reason = "is missing.";
      throw new UsageError([
        { path: "NODE|POD", reason, fix: "Give a node's name, or namespace/name of a pod." },
      ]);
    }
    const malformed = names.filter((one) => !/^[^/]+(\/[^/]+)?$/.test(one));
    if (malformed.length > 0) {
      throw new UsageError(
        malformed.map((one) => ({
          path: "NODE|POD",
          reason: `${shown(one)} is neither a node's name nor namespace/name of a pod.`,
          fix: "Give one such as ip-10-8-17-201.us-west-2.compute.internal or payments/ledger-2.",
        })),
      );
    }
    const { environment } = environmentOf(name, flags, io);
    const given = givenRotationOptions(flags);
    throwIfAny(rotationFlagProblems(flags));
    const explanations = await withRunner(
      `Looking at ${name}`,
      flags,
      io,
      (runner) => runner.explain(environment, names, given).result,
    );
    return {
      json: { environment: name, explanations },
      text: describeExplanations(name, explanations, terminalColumns(), flags),
      isNo: explanations.some(({ kind }) => kind === "unknown"),
    };
  },
});
