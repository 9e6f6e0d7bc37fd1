import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { forbidden, unmatched, type Allowance } from "../planning/guard/allowance";
import type { Danger } from "../planning/guard/danger";
import { dangersIn } from "../planning/guard/dangers";
import { protectedDangers } from "../planning/guard/protectedDangers";
import { unfinishedUpdate } from "../planning/stack/unfinishedUpdate";
import { lostAdoptionsOf } from "./lostAdoptions";
import { readOutputs, type PodNetworkOutputs } from "./podNetworkOutputs";
import { PulumiError } from "./pulumiError";
import type { StackEvent, StackResult } from "./pulumiEvents";
import { runOnStack, type StackOutside } from "./pulumiOperation";
import { withTemporaryFolder } from "./temporaryFolder";
import { UpdateFailedError } from "./updateFailedError";
import { UpdateInterruptedError } from "./updateInterruptedError";

/** What happens while a stack is brought up under the guard. */
export type GuardedUpEvent =
  | StackEvent
  /** What would be done is looked at: anew where `because` says so. */
  | { readonly kind: "planning"; readonly because?: string }
  /** What was looked at is done. */
  | { readonly kind: "updating" };

/** How a stack is brought up under the guard. */
export interface GuardedUpOptions {
  /** Dangers that somebody allows. @default none */
  readonly allow?: readonly Allowance[];
  /** A path of configuration in the place of Pulumi.STACK.yaml. @default none */
  readonly configFile?: string;
  /** Done once, right before the first update, and not where it is refused. @default nothing */
  readonly beforeUpdate?: () => Promise<void>;
}

/** What came of it. */
export type GuardedUp = Done | Refused;

/** What was done. */
export interface Done extends StackResult {
  readonly outcome: "done";
  readonly outputs: PodNetworkOutputs;
  /** Those that were allowed. */
  readonly dangers: readonly Danger[];
}

/** What would be done; nothing of it was. */
export interface Refused extends StackResult {
  readonly outcome: "refused";
  /** By whom: the guard refuses what nobody has allowed, Pulumi what is allowed and still protected. */
  readonly by: "guard" | "protection";
  /** Those that are refused. */
  readonly dangers: readonly Danger[];
  /** What was allowed, and is nothing that would happen. */
  readonly unmatched: readonly Allowance[];
}

/** How often what would be done is looked at, where something else changes the same at the same time. */
const ATTEMPTS = 3;

/** What Pulumi says of what it would have to delete or to replace. */
const IS_PROTECTED = /\bis\s+protected\b|marked for protection/;

/** What Pulumi says of an update that would do something else than its plan. */
const DEVIATES =
  /violates plan|is not allowed by the plan|no plan for resource|expected resource operations for .* but none were seen/;

/**
 * Brings a stack up, unless that would take away from pods or nodes what they live on, or have the stack forget what it
 * took over from others.
 *
 * What is judged is what will run: the update is held to the plan that was judged (Pulumi's update plans). Where it would
 * do anything else by then, it is stopped, and what would be done now is judged anew.
 *
 * @throws UpdateFailedError when the update failed; PulumiError when it was not begun, or things kept changing;
 *   MissingOutputsError; UpdateInterruptedError when the signal is aborted during the update, with everything recorded that
 *   was done, and the signal's reason when it is aborted before.
 */
export async function guardedUp(
  stack: Stack,
  options: GuardedUpOptions,
  outside: GuardedUpOutside,
): Promise<GuardedUp> {
  // Plans hold what the stack's settings hold, secrets encrypted.
  return withTemporaryFolder("podnet-plan-", (folder) =>
    upByPlan(join(folder, "plan.json"), stack, options, outside),
  );
}

type GuardedUpOutside = Pick<StackOutside, "signal"> & {
  readonly onEvent: (event: GuardedUpEvent) => void;
};

async function upByPlan(
  plan: string,
  stack: Stack,
  { allow = [], configFile, beforeUpdate = () => Promise.resolve() }: GuardedUpOptions,
  outside: GuardedUpOutside,
): Promise<GuardedUp> {
  const { onEvent, signal } = outside;
  const given = { plan, ...(configFile !== undefined && { configFile }) };
  const seen: StackResult[] = [];
  for (let attempt = 1, because: string | undefined; ; attempt++) {
    onEvent({ kind: "planning", ...(because !== undefined && { because }) });
    const planned = await judged(stack, given, outside);
    // One that failed has no plan; it is not done either.
    const lost = planned.error === undefined ? await lostAdoptionsOf(stack, plan) : [];
    const dangers = dangersIn(planned.result.changes, lost);
    const refused = refusal(dangers, allow, planned);
    if (refused !== undefined) return refused;
    if (planned.error !== undefined) throw planned.error;

    if (attempt === 1) await beforeUpdate();
    onEvent({ kind: "updating" });
    const told = { started: new Set<string>(), done: new Set<string>() };
    try {
      const { result, answer } = await runOnStack(
        stack,
        "up",
        (options) => stack.up({ ...options, ...given }),
        {
          ...outside,
          onEvent: (event) => {
            note(told, event);
            onEvent(event);
          },
        },
      );
      const outputs = readOutputs(stack.name, answer.outputs);
      return { outcome: "done", dangers, ...together([...seen, result]), outputs };
    } catch (error) {
      const progress = unfinishedUpdate(planned.result.changes, told);
      if (signal.aborted) throw new UpdateInterruptedError(stack.name, signal.reason, progress);
      // Of one that was not begun, such as while another one has the stack, nothing was seen.
      if (!(error instanceof PulumiError) || error.until === undefined) throw error;
      if (!DEVIATES.test(error.reason)) throw new UpdateFailedError(error, progress);
      if (attempt >= ATTEMPTS) {
        throw new PulumiError(
          error.what,
          `${attempt} times it would have done something else than it had said right before: ${deviation(error.reason)}`,
          "Something else changes the same resources at this time; wait until it is done, and run it again.",
        );
      }
      because = deviation(error.reason);
      // A part may have been done before it was stopped.
      seen.push(doneOf(error.until, told.done));
    }
  }
}

/** Why a plan is not done: for what nobody has allowed, else for what is protected; none where it is. */
function refusal(
  dangers: readonly Danger[],
  allow: readonly Allowance[],
  { result, error }: Judged,
): Refused | undefined {
  const refused = (by: Refused["by"], what: readonly Danger[]): Refused | undefined =>
    what.length === 0
      ? undefined
      : { outcome: "refused", by, dangers: what, unmatched: unmatched(dangers, allow), ...result };
  return (
    refused("guard", forbidden(dangers, allow)) ??
    (error !== undefined && isOfProtection(error)
      ? refused("protection", protectedDangers(dangers, result.changes))
      : undefined)
  );
}

/** Whether nothing failed but what is protected. */
function isOfProtection({ until }: PulumiError): boolean {
  const errors = (until?.diagnostics ?? []).filter(({ severity }) => severity === "error");
  const isProtected = errors.map(({ message }) => IS_PROTECTED.test(message));
  // That the preview failed is said of the stack as well.
  return (
    isProtected.includes(true) &&
    errors.every((error, index) => isProtected[index] === true || error.message === "preview failed")
  );
}

/** What is begun once more, as what is taken over and then updated, is not done yet. */
function note(told: { readonly started: Set<string>; readonly done: Set<string> }, event: StackEvent): void {
  if (event.kind !== "resource" || event.state === "failed" || event.state === "stopped") return;
  const { urn } = event.change;
  told[event.state].add(urn);
  if (event.state === "started") told.done.delete(urn);
}

/** What an update would do; and why it can't be done, where Pulumi says so. */
interface Judged {
  readonly result: StackResult;
  readonly error?: PulumiError;
}

async function judged(
  stack: Stack,
  given: { readonly plan: string; readonly configFile?: string },
  outside: StackOutside,
): Promise<Judged> {
  try {
    return await runOnStack(stack, "preview", (options) => stack.preview({ ...options, ...given }), outside);
  } catch (error) {
    // What is protected fails a preview; why that is so is better told by what is dangerous about it.
    if (!(error instanceof PulumiError) || error.until === undefined) throw error;
    return { result: error.until, error };
  }
}

/** In what an update deviates from its plan, without the values, which Pulumi writes out whole: secrets among them. */
function deviation(reason: string): string {
  return reason
    .split("\n")
    .filter((line) => DEVIATES.test(line))
    .map((line) => line.replace(/\[\{.*$/, ""))
    .join("; ");
}

function doneOf({ changes, counts, diagnostics }: StackResult, done: ReadonlySet<string>): StackResult {
  return { changes: changes.filter(({ urn }) => done.has(urn)), counts, diagnostics };
}

/** Several updates as one: all changes and messages, and the counts of the last. */
function together(results: readonly StackResult[]): StackResult {
  return {
    changes: results.flatMap(({ changes }) => changes),
    counts: results.at(-1)?.counts ?? {},
    diagnostics: results.flatMap(({ diagnostics }) => diagnostics),
  };
}
