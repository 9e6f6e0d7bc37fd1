import { readFileSync, writeFileSync } from "node:fs";
import type { Plan, PlannedGoal, ResourcePlan } from "../engine/plan";
import type { PlanDiff } from "../engine/planDiff";
import { sealed, unsealed, type Crypter } from "../engine/secrets";
import type { Operation } from "../engine/step";
import { VERSION } from "./version";

/** A plan as it is written down. */
interface PlanJson {
  readonly manifest: { readonly time: string; readonly version: string };
  readonly resourcePlans: Readonly<Record<string, ResourcePlanJson>>;
}

interface ResourcePlanJson {
  readonly goal?: PlannedGoal & {
    /** By which id the program takes it over, where Pulumi has it; none where it does not. */
    readonly id?: string;
  };
  readonly steps: readonly Operation[];
  /** In base64. */
  readonly seed?: string;
}

/** Writes a plan; what is secret in it is encrypted. */
export function writePlan(path: string, plan: Plan, crypter: Crypter): void {
  const seal = (diff: PlanDiff): PlanDiff => ({
    ...diff,
    adds: sealed(diff.adds, crypter),
    updates: sealed(diff.updates, crypter),
  });
  const json: PlanJson = {
    manifest: { time: new Date().toISOString(), version: VERSION },
    resourcePlans: Object.fromEntries(
      [...plan].map(([urn, { goal, operations, seed }]) => [
        urn,
        {
          ...(goal && {
            goal: {
              ...goal,
              inputs: seal(goal.inputs),
              outputs: seal(goal.outputs),
              ...(goal.options.importId !== "" && { id: goal.options.importId }),
            },
          }),
          steps: operations,
          ...(seed && { seed: Buffer.from(seed).toString("base64") }),
        },
      ]),
    ),
  };
  writeFileSync(path, `${JSON.stringify(json, null, 4)}\n`, { mode: 0o600 });
}

/** Reads a plan. @throws Error when it can't be read. */
export function readPlan(path: string, crypter: Crypter): Plan {
  const unseal = (diff: PlanDiff): PlanDiff => ({
    ...diff,
    adds: unsealed(diff.adds, crypter),
    updates: unsealed(diff.updates, crypter),
  });
  const { resourcePlans } = JSON.parse(readFileSync(path, "utf8")) as PlanJson;
  return new Map(
    Object.entries(resourcePlans).map(([urn, { goal, steps, seed }]): [string, ResourcePlan] => [
      urn,
      {
        goal: goal && { ...goal, inputs: unseal(goal.inputs), outputs: unseal(goal.outputs) },
        operations: [...steps],
        seed: seed === undefined ? undefined : Buffer.from(seed, "base64"),
      },
    ]),
  );
}
