import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { askOnTerminal } from "../../cli/askOnTerminal";
import type { Answer } from "../../cli/command";
import { migrateWith } from "../../cli/commands/migrate";
import { InterruptedError } from "../../cli/interruptedError";
import type { Io } from "../../cli/io";
import type { StepCommands } from "../../cli/migrate/migrationSteps";
import { withoutNext } from "../../cli/migrate/migrationText";
import { OutsideError } from "../../cli/outsideError";
import { InvalidInputError } from "../../planning/problem";
import { podnet } from "../support/podnet";

const FILE = "environments: [{ name: prod, region: us-west-2 }]";

/** A cluster as far as the steps look at it, and what is asked of them. */
interface Played {
  readonly done: string[];
  readonly stderr: string[];
  readonly questions: string[];
  readonly interruption: AbortController;
  /** Runs `podnet migrate prod`. */
  readonly migrate: (flags?: Readonly<Record<string, unknown>>) => Promise<Answer>;
}

type Play = Readonly<Partial<Record<keyof StepCommands | "plan", () => Answer>>>;

/**
 * Plays the commands over a cluster that remembers what they have done to it.
 *
 * @param cluster how far it is.
 * @param play what a command does in place of what it does by itself.
 * @param answers to the questions, in their order; none to one is as Ctrl-D.
 */
function played(cluster: { changes: number; old: number }, play: Play = {}, answers: string[] = []): Played {
  const [done, stderr, questions] = [[] as string[], [] as string[], [] as string[]];
  const interruption = new AbortController();
  const own: Required<Play> = {
    preflight: () => ({
      json: { findings: [{ level: "warn" }], passed: ["A", "B"], accepted: [] },
      text: "looked\nExit 0.",
    }),
    preview: () => ({ json: { changes: changes(cluster.changes) }, text: "would change" }),
    status: () => ({ json: { step: "up" }, text: "" }),
    up: () => {
      const json = { outcome: "done", changes: changes(cluster.changes) };
      cluster.changes = 0;
      return { json, text: "changed\nNext: podnet rotate prod" };
    },
    plan: () => ({
      json: { old: Array.from({ length: cluster.old }), nodes: 6, seconds: 600, problems: [] },
      text: "plan",
    }),
    rotate: () => {
      const json = { outcome: "done", rotated: Array.from({ length: cluster.old }), rotatedEarlier: 0 };
      cluster.old = 0;
      return { json, text: "rotated" };
    },
    report: () => ({ json: { sentence: "All moved.", nodes: [] }, text: "wrote" }),
    verify: () => ({ json: { nodes: 6, pods: 51, podCidrs: ["100.64.0.0/16"] }, text: "verified" }),
  };
  const does = { ...own, ...play };
  const commandOf = (name: keyof StepCommands) => ({
    run: (names: readonly string[], flags: Readonly<Record<string, unknown>>) => {
      const part = flags.dryRun === true ? "plan" : name;
      done.push([part, ...names].join(" "));
      return does[part]();
    },
  });
  const commands: StepCommands = {
    preflight: commandOf("preflight"),
    preview: commandOf("preview"),
    status: commandOf("status"),
    up: commandOf("up"),
    rotate: commandOf("rotate"),
    verify: commandOf("verify"),
    report: commandOf("report"),
  };
  const io: Io = {
    stdout: () => undefined,
    stderr: (text) => void stderr.push(text),
    isTTY: true,
    readFile: () => FILE,
    signal: interruption.signal,
    ask: (question) => {
      questions.push(question.trim());
      return Promise.resolve(answers.shift());
    },
  };
  const migrate = async (flags = {}) => migrateWith(commands).run(["prod"], flags, io);
  return { done, stderr, questions, interruption, migrate };
}

function changes(count: number) {
  return Array.from({ length: count }, () => ({ operation: "create", isBookkeeping: false }));
}

interface Document {
  readonly outcome: string;
  readonly steps: readonly { readonly step: string; readonly outcome: string; readonly says: string }[];
  readonly next?: string;
}

/** Each step with what became of it. */
function stepsOf({ json }: Answer): string[] {
  return (json as Document).steps.map(({ step, outcome, says }) => `${step}: ${outcome}: ${says}`);
}

const ALL = [
  "preflight prod",
  "preview prod",
  "up prod",
  "plan prod",
  "rotate prod",
  "verify prod",
  "report prod",
] as const;

describe("podnet migrate", () => {
  it("does every step in its order, and asks before each that changes anything", async () => {
    const { migrate, done, questions } = played({ changes: 11, old: 6 }, {}, ["yes", "y"]);
    const answer = await migrate();
    assert.deepEqual(done, ALL);
    assert.deepEqual(questions, [
      "Bring prod up (+11)? [yes/no]",
      "Rotate prod (replace 6 of 6 nodes, about 10 min)? [yes/no]",
    ]);
    assert.deepEqual(stepsOf(answer), [
      "preflight: done: 0 stop, 1 warn, 2 ok",
      "up: done: 11 resources changed, and in force",
      "rotate: done: 6 nodes replaced",
      "verify: done: 6 nodes, 51 pods, all in 100.64.0.0/16",
      "report: done: written to podnet-report-prod.html",
    ]);
    assert.equal(answer.isNo ?? answer.exitCode, undefined);
    assert.match(answer.text, /^prod {2}migrated {2}5 steps\n/);
  });

  it("shows what is next before it asks, without the ends of single commands", async () => {
    const { migrate, stderr } = played({ changes: 1, old: 1 }, {}, ["yes", "yes"]);
    await migrate();
    assert.deepEqual(stderr.join("").match(/^(==.*|[a-z].*)$/gm), [
      "== podnet preflight prod",
      "looked",
      "== Before podnet up prod",
      "would change",
      "== podnet up prod",
      "changed",
      "== Before podnet rotate prod",
      "plan",
      "== podnet rotate prod",
      "rotated",
      "== podnet verify prod",
      "verified",
      "== podnet report prod",
      "wrote",
    ]);
  });

  it("asks nobody with --yes", async () => {
    const { migrate, done, questions } = played({ changes: 11, old: 6 });
    await migrate({ yes: true });
    assert.deepEqual([done, questions], [ALL, []]);
  });

  it("is refused without --yes where there is no terminal, before anything is looked at", async () => {
    const { code, stderr } = await podnet("migrate prod --file e.yaml", { "e.yaml": FILE });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /--yes: is missing, and there is no terminal to ask for approval on\.\n +-> Give it/,
    );
  });

  it("is refused a report on standard output, which says what came of it", async () => {
    const { code, stderr } = await podnet("migrate prod --yes -o - --file e.yaml", { "e.yaml": FILE });
    assert.equal(code, 2);
    assert.match(stderr, /--output: - is no file, which the report of a migration is\.\n +-> Give a file/);
  });

  it("does nothing where its report could not be written in the end", async () => {
    const { migrate, done } = played({ changes: 11, old: 6 });
    await assert.rejects(migrate({ yes: true, output: "/nonexistent/dir/x.html" }), (error: unknown) => {
      assert.ok(error instanceof InvalidInputError);
      assert.deepEqual(error.problems, [
        {
          path: "output",
          reason: "/nonexistent/dir/x.html can't be written: there is no folder /nonexistent/dir.",
          fix: "Make it (mkdir -p /nonexistent/dir), or give a file in a folder that is there.",
        },
      ]);
      return true;
    });
    assert.deepEqual(done, []);
  });

  it("asks again after what is neither yes nor no, and says that one of them is wanted", async () => {
    const { migrate, done, questions, stderr } = played({ changes: 1, old: 0 }, {}, [
      "maybe",
      "yess",
      " YES ",
    ]);
    await migrate();
    assert.deepEqual(
      questions,
      Array.from({ length: 3 }, () => "Bring prod up (+1)? [yes/no]"),
    );
    assert.ok(done.includes("up prod"));
    assert.deepEqual(
      stderr.filter((line) => line.includes("neither")),
      ["maybe", "yess"].map(
        (said) => `"${said}" is neither yes nor no: say yes or y to have it done, no or n to end here.\n`,
      ),
    );
  });

  for (const said of ["no", "N", "", undefined]) {
    it(`takes ${JSON.stringify(said)} for a no, and goes on from there the next time`, async () => {
      const cluster = { changes: 11, old: 6 };
      const { migrate, done } = played(cluster, {}, said === undefined ? ["yes"] : ["yes", said]);
      const answer = await migrate({ maxUnavailable: "2" });
      assert.deepEqual(done, ALL.slice(0, 4));
      assert.equal(answer.exitCode, 1);
      assert.deepEqual(stepsOf(answer).slice(2, 4), [
        "rotate: declined: somebody said no",
        "verify: notBegun: ",
      ]);
      const { outcome, next } = answer.json as Document;
      assert.deepEqual([outcome, next], ["declined", "podnet migrate prod --max-unavailable=2"]);
      assert.match(answer.text, /^prod {2}rotate is not approved; nothing of it was done\n/);

      const again = played(cluster, {}, ["yes"]);
      const goesOn = await again.migrate();
      assert.deepEqual(again.questions, ["Rotate prod (replace 6 of 6 nodes, about 10 min)? [yes/no]"]);
      assert.equal(stepsOf(goesOn)[1], "up: unchanged: nothing to change");
    });
  }

  it("looks at what is done, says so, and neither asks nor changes anything", async () => {
    const { migrate, done, questions } = played({ changes: 0, old: 0 });
    assert.deepEqual(stepsOf(await migrate()).slice(1, 3), [
      "up: unchanged: nothing to change",
      "rotate: unchanged: no node is old",
    ]);
    // A rotation without old nodes puts back what an earlier one has left.
    assert.deepEqual(done.slice(1, 5), ["preview prod", "status prod", "plan prod", "rotate prod"]);
    assert.deepEqual(questions, []);
  });

  it("ends an update that was cut off with nothing left to change, and asks before it goes forward from a rollback", async () => {
    const status = (step: string) => ({ status: () => ({ json: { step }, text: "" }) });
    const cutOff = played({ changes: 0, old: 0 }, status("up failed"));
    await cutOff.migrate();
    assert.deepEqual([cutOff.done[3], cutOff.questions], ["up prod", []]);
    const rolledBack = played({ changes: 0, old: 0 }, status("rollback stopped"), ["no"]);
    await rolledBack.migrate();
    assert.deepEqual(rolledBack.questions, ["Bring prod up (no change)? [yes/no]"]);
  });

  it("ends with the text of the step whose answer is no, and its way out", async () => {
    const { migrate, done } = played(
      { changes: 11, old: 6 },
      { preflight: () => ({ json: { findings: [] }, text: "STOP  PDB-NEVER\n-> scale it", isNo: true }) },
    );
    const answer = await migrate({ yes: true });
    assert.deepEqual(done, ["preflight prod"]);
    assert.equal(answer.exitCode, 1);
    assert.match(
      answer.text,
      /^STOP {2}PDB-NEVER\n-> scale it\n\nprod {2}not migrated: .* preflight is no\n/,
    );
    assert.match(
      answer.text,
      /\n\nNext, when that is put right: podnet migrate prod --yes goes on from here\.$/,
    );
  });

  it("asks for no rotation that would be refused", async () => {
    const json = { old: [{}], nodes: 1, seconds: 1, problems: [{}] };
    const { migrate, questions } = played(
      { changes: 0, old: 1 },
      { plan: () => ({ json, text: "STOP  x" }) },
    );
    const answer = await migrate();
    assert.deepEqual([questions, answer.exitCode], [[], 1]);
    assert.match(answer.text, /^STOP {2}x\n/);
  });

  it("says which step was interrupted, what is done, and the command that goes on", async () => {
    const cluster = { changes: 11, old: 6 };
    const { migrate, interruption } = played(cluster, {
      rotate: () => {
        interruption.abort();
        const text = "prod  1 of 6 old nodes rotated\nNext: podnet rotate prod goes on from here.";
        throw new InterruptedError(interruption.signal.reason, { text, json: { runId: "a1", next: "x" } });
      },
    });
    await assert.rejects(migrate({ yes: true }), (error: unknown) => {
      assert.ok(error instanceof InterruptedError);
      assert.equal(
        error.told.text,
        [
          "prod  migration interrupted in rotate, step 3 of 5.",
          "Done before it: preflight (0 stop, 1 warn, 2 ok), up (11 resources changed, and in force).",
          "prod  1 of 6 old nodes rotated",
          "Next: podnet migrate prod --yes goes on from here.",
        ].join("\n"),
      );
      const { runId, step, next } = error.told.json;
      assert.deepEqual([runId, step, next], ["a1", "rotate", "podnet migrate prod --yes"]);
      return true;
    });
  });

  it("takes an interruption of its question for none of the answers", async () => {
    const { migrate, interruption, done } = played(
      { changes: 1, old: 1 },
      {
        preview: () => {
          interruption.abort();
          return { json: { changes: changes(1) }, text: "" };
        },
      },
    );
    await assert.rejects(migrate(), InterruptedError);
    assert.deepEqual(done, ["preflight prod", "preview prod"]);
  });

  it("tells a failure of the outside as the step does, with what is done before it", async () => {
    const { migrate } = played(
      { changes: 11, old: 6 },
      {
        up: () => {
          throw new OutsideError("Bringing prod up", new Error("throttled"), "Try again.");
        },
      },
    );
    await assert.rejects(migrate({ yes: true }), (error: unknown) => {
      assert.ok(error instanceof OutsideError);
      assert.deepEqual(
        [error.message, error.fix, error.exitCode],
        ["Bringing prod up failed: throttled", "Try again.", 3],
      );
      assert.match(
        error.told?.text ?? "",
        /^prod {2}migration failed in up, step 2 of 5\.\nDone before it: preflight /,
      );
      assert.equal(error.told?.json.next, "podnet migrate prod --yes");
      return true;
    });
  });

  it("says all that is wrong with its settings by the names of the flags", async () => {
    const { code, stderr } = await podnet("migrate prod --yes --surge -2 --file e.yaml", { "e.yaml": FILE });
    assert.equal(code, 2);
    assert.match(stderr, /--surge: "-2" is neither/);
  });
});

describe("the text of a step, in a migration", () => {
  it("is without the command that follows from it alone, also where that has a line of its own", () => {
    const text = [
      "prod  6 nodes rotated",
      "Next:",
      "  podnet verify prod --work-dir=infra",
      "note: look",
      "Next, when what failed is put right: podnet up prod goes on from here.",
      "Next: podnet verify prod",
      "Exit 0.",
    ];
    assert.equal(withoutNext(text.join("\n")), "prod  6 nodes rotated\nnote: look");
  });
});

describe("a question on a terminal", () => {
  const asked = (typed: string, signal = new AbortController().signal) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.end(typed);
    return askOnTerminal("Rotate? ", signal, { input, output });
  };

  it("is answered by one line, and by none where the input ends or the signal is aborted", async () => {
    assert.equal(await asked("yes\nno\n"), "yes");
    assert.equal(await asked(""), undefined);
    assert.equal(await asked("yes\n", AbortSignal.abort()), undefined);
  });
});
