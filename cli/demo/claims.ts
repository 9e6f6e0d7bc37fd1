import { momentText } from "../../planning/report/spans";
import { table } from "../table";

/** Something that the demo says of itself, and whether it is so. */
export interface Claim {
  readonly claim: string;
  readonly holds: boolean;
  /** What was found, for people. */
  readonly evidence: string;
}

/** What `podnet preview`, `rotate` and `verify` answer with `--json`, as far as the demo looks at it. */
export interface DemoFindings {
  /** Of the preview after everything. */
  readonly changesLeft: number;
  readonly rotation: {
    readonly outcome: string;
    /** Nodes that this run of the demo has replaced. */
    readonly rotated: readonly unknown[];
  };
  readonly verification: {
    readonly isVerified: boolean;
    readonly pods: number;
    readonly podsOutside: readonly unknown[];
    readonly cleanPrimaryEnis: Share;
    readonly secondaryEnis: Share;
    readonly allocatablePods: Share;
    readonly oldNodes: readonly unknown[];
  };
  readonly witness: {
    /** The sandbox's start, whichever run of the demo that was for; in milliseconds since 1970. */
    readonly watchingSince: number;
    readonly budgets: number;
    readonly broken: readonly unknown[];
    readonly interruptions: number;
  };
}

interface Share {
  readonly right: number;
  readonly of: number;
}

/** Everything that the demo claims, judged by what was found. Where nothing could be looked at, nothing holds. */
export function claims({ changesLeft, rotation, verification, witness }: DemoFindings): Claim[] {
  const { pods, podsOutside, cleanPrimaryEnis, secondaryEnis, allocatablePods, oldNodes } = verification;
  return [
    {
      claim: "every old node was replaced",
      holds: rotation.outcome === "done" && oldNodes.length === 0,
      evidence: `rotation ${rotation.outcome}, ${oldNodes.length} old nodes left`,
    },
    {
      claim: "every pod has an address of the pod subnets",
      holds: verification.isVerified && pods > 0 && podsOutside.length === 0,
      evidence: `${pods - podsOutside.length} of ${pods} pods`,
    },
    {
      claim: "no primary ENI carries addresses for pods",
      holds: isWhole(cleanPrimaryEnis),
      evidence: describe(cleanPrimaryEnis),
    },
    {
      claim: "every secondary ENI is in the pod subnet of its zone",
      holds: isWhole(secondaryEnis),
      evidence: describe(secondaryEnis),
    },
    {
      claim: "no node takes more pods than its addresses carry",
      holds: isWhole(allocatablePods),
      evidence: describe(allocatablePods),
    },
    {
      claim: "no PodDisruptionBudget was broken, as a watcher of its own saw it",
      holds: witness.budgets > 0 && witness.broken.length === 0 && witness.interruptions === 0,
      evidence: describeWatch(witness, rotation),
    },
    {
      claim: "a second preview has nothing to change",
      holds: changesLeft === 0,
      evidence: `${changesLeft} changes`,
    },
  ];
}

/** What the watcher has seen and since when: it lives as long as the sandbox, and an earlier run may be what it saw. */
function describeWatch(
  { watchingSince, budgets, broken, interruptions }: DemoFindings["witness"],
  { rotated }: DemoFindings["rotation"],
): string {
  const seen = `${broken.length} times below ${budgets} budgets, ${interruptions} gaps in the watch since ${momentText(watchingSince)} UTC`;
  return rotated.length === 0 ? `${seen}; this run replaced no node` : seen;
}

function isWhole({ right, of }: Share): boolean {
  return of > 0 && right === of;
}

function describe({ right, of }: Share): string {
  return `${right} of ${of}`;
}

/** As people read it. */
export function describeClaims(judged: readonly Claim[]): string {
  return table(
    [{ head: "" }, { head: "CLAIM" }, { head: "FOUND" }],
    judged.map(({ claim, holds, evidence }) => [holds ? "yes" : "NO", claim, evidence]),
  );
}
