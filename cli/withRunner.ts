import { LeaseHeldError } from "../automation/rotation/lease";
import type { Run } from "../automation/run";
import { Runner, type RunnerEvent } from "../automation/runner";
import type { Io } from "./io";
import { OutsideError } from "./outsideError";
import { withOutside } from "./outsideFailure";
import { startProgress } from "./progress";
import { findPulumi } from "./pulumiCommand";
import type { RotationTrail } from "./rotationInterruption";
import { runnerProgress } from "./runnerProgress";

/** Where a runner works and by which pulumi, as flags say. */
interface RunnerPlace {
  readonly workDir?: string | undefined;
  readonly pulumiRoot?: string | undefined;
}

/**
 * Has a runner do something with an environment, until it is done or Ctrl-C stops it.
 *
 * @param what is done, as in `what failed: because`.
 * @throws OutsideError for what AWS, Kubernetes or Pulumi answer.
 */
export async function withRunner<R>(
  what: string,
  { workDir = ".", pulumiRoot }: RunnerPlace,
  { signal }: Io,
  act: (runner: Runner) => Promise<R>,
): Promise<R> {
  return withOutside(what, async () =>
    act(new Runner({ workDir, pulumi: await findPulumi(pulumiRoot), signal })),
  );
}

/**
 * Tells people on stderr of a run as it happens, under a title; answers what it came to.
 *
 * @param onEvent takes each event as well. @default nothing does
 */
export async function told<R>(
  title: string,
  run: Run<RunnerEvent, R>,
  io: Io,
  onEvent: (event: RunnerEvent) => void = () => undefined,
): Promise<R> {
  const progress = startProgress(io);
  const tell = runnerProgress(progress, io.isTTY);
  try {
    progress.step(title);
    for await (const event of run) {
      onEvent(event);
      tell(event);
    }
    return await run.result;
  } finally {
    progress.close();
  }
}

/**
 * Tells of a run that replaces nodes; when it is interrupted, also what is left and what a person runs next, and where
 * another process is at it, how that is stopped.
 */
export async function toldToItsEnd<R>(
  title: string,
  run: Run<RunnerEvent, R>,
  io: Io,
  trail: RotationTrail,
): Promise<R> {
  return told(title, run, io, trail.read).catch((error: unknown) => {
    if (io.signal.aborted) throw trail.interrupted(error);
    throw error instanceof LeaseHeldError ? new OutsideError(title, error, error.fixBy(trail.pause)) : error;
  });
}
