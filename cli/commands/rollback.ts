import { throwIfAny } from "../../planning/problem";
import { command, type Answer } from "../command";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { yes } from "../flag";
import { pulumiRootFlag } from "../pulumiCommand";
import { describeRollback, describeRollbackPlan } from "../rollbackText";
import { rotationTrail } from "../rotationInterruption";
import { drainFlags, flagOfSetting, givenRotationOptions, rotationFlagProblems } from "../rotationFlags";
import { told, toldToItsEnd, withRunner } from "../withRunner";
import { terminalColumns } from "../wrapped";

/** `podnet rollback ENVIRONMENT` */
export const rollback = command({
  positional: environmentPositional,
  flags: {
    ...environmentFlags,
    pulumiRoot: pulumiRootFlag,
    dryRun: yes("say what would be done, and do nothing"),
    ...drainFlags,
  },
  help: `Examples:
  podnet rollback prod --dry-run
  podnet rollback prod
  podnet rollback prod --max-unavailable 10%

Takes an environment back to how it was before podnet up. First the addresses of the old range and the sizes of the old
groups are held against what comes back. Then aws-node is set as it was (ConfigMap eks-pod-network-cni of kube-system),
and nodes are replaced batch by batch by new ones of the old groups, as podnet rotate does it. Once no pod has an address of
the pod subnets, protection is lifted, and all that the stack has made is deleted: groups of workers, ENIConfigs, pod
subnets, blocks. What the stack took over from others, as it does the add-on, stays as it is.

Ctrl-C leaves a state that the next run continues; so does a run that was killed, on any machine. A rotation that has not
ended is ended first, as podnet rotate --abort does it.

Exit code 0 when all is taken back; 1 when nodes are blocked, it was paused, stopped or refused, or a dry run finds anything
in the way; 130 after Ctrl-C.`,

  flagOf: flagOfSetting,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment } = environmentOf(name, flags, io);
    throwIfAny(rotationFlagProblems(flags));
    const given = givenRotationOptions(flags);
    if (flags.dryRun === true) {
      const looking = `Looking at the way back of ${name}`;
      const plan = await withRunner(looking, flags, io, (runner) =>
        told(looking, runner.planRollback(environment, given), io),
      );
      const isNo = plan !== undefined && (plan.problems.length > 0 || plan.rotation.undrainable.length > 0);
      const json = { environment: name, isNothingLeft: plan === undefined, ...plan };
      return { json, text: describeRollbackPlan(name, plan, terminalColumns()), isNo };
    }
    const title = `Taking ${name} back`;
    const trail = rotationTrail(name, "rollback", terminalColumns(process.stderr), flags);
    const result = await withRunner(title, flags, io, (runner) =>
      toldToItsEnd(title, runner.rollback(environment, given), io, trail),
    );
    return {
      json: { environment: name, ...result },
      text: describeRollback(name, result, terminalColumns(), flags),
      isNo: result.outcome !== "done",
    };
  },
});
