import assert from "node:assert/strict";
import { documentOf, eachEnvironment, exitCodeOf, type EnvironmentRun } from "../../cli/eachEnvironment";
import type { StartPodnet } from "../../cli/startPodnet";

const dev = { name: "dev" };
const staging = { name: "staging", after: ["dev"] };
const prod = { name: "prod", after: ["staging"], needsApproval: true };

/** Starts nothing: each environment answers with its exit code, when it is told to. */
function scripted(codes: Readonly<Record<string, number>>) {
  const started: string[] = [];
  const start: StartPodnet = (args, { onLine }) => {
    const name = args[1] ?? "";
    started.push(args.join(" "));
    onLine(`at ${name}`);
    return Promise.resolve({ code: codes[name] ?? 0, stdout: JSON.stringify({ name }) });
  };
  return { started, start };
}

async function each(
  { start }: { start: StartPodnet },
  given: Partial<Parameters<typeof eachEnvironment>[0]> = {},
  signal = new AbortController().signal,
) {
  let stderr = "";
  const runs = await eachEnvironment(
    {
      command: "up",
      args: ["--json"],
      environments: [dev, staging, prod],
      isChange: true,
      concurrency: 2,
      ...given,
    },
    { stderr: (text) => (stderr += text), signal },
    start,
  );
  return { runs, stderr };
}

const outcomes = (runs: readonly EnvironmentRun[]) =>
  runs.map((run) => {
    const why = run.outcome === "notBegun" ? ` ${run.because} ${run.of}` : ` ${run.exitCode}`;
    return `${run.environment} ${run.outcome}${why}`;
  });

describe("eachEnvironment", () => {
  it("runs each after those before it, with the same arguments", async () => {
    const script = scripted({});
    const { runs, stderr } = await each(script, { approved: ["prod"] });
    assert.deepEqual(script.started, ["up dev --json", "up staging --json", "up prod --json"]);
    assert.deepEqual(outcomes(runs), ["dev done 0", "staging done 0", "prod done 0"]);
    assert.deepEqual(runs.map(documentOf), [{ name: "dev" }, { name: "staging" }, { name: "prod" }]);
    assert.deepEqual(stderr.trimEnd().split("\n"), [
      "dev      at dev",
      "dev      ended (1 of 3)",
      "staging  at staging",
      "staging  ended (2 of 3)",
      "prod     at prod",
      "prod     ended (3 of 3)",
    ]);
    assert.equal(exitCodeOf(runs), 0);
  });

  it("runs those that are only looked at without waiting, whatever one of them answers", async () => {
    const script = scripted({ dev: 3, staging: 1 });
    const { runs, stderr } = await each(script, { command: "verify", isChange: false, concurrency: 1 });
    assert.deepEqual(outcomes(runs), ["dev failed 3", "staging no 1", "prod done 0"]);
    assert.deepEqual(stderr.match(/\w+ \(.*\)/g), ["failed (1 of 3)", "ended (2 of 3)", "ended (3 of 3)"]);
    assert.equal(exitCodeOf(runs), 3);
  });

  it("begins none after one that failed, and answers for all", async () => {
    const { runs } = await each(scripted({ staging: 1 }), { approved: ["prod"] });
    assert.deepEqual(outcomes(runs), ["dev done 0", "staging no 1", "prod notBegun failure staging"]);
    assert.equal(exitCodeOf(runs), 1);
  });

  it("ends before one that nobody has approved", async () => {
    const { runs } = await each(scripted({}));
    assert.deepEqual(outcomes(runs), ["dev done 0", "staging done 0", "prod notBegun approval prod"]);
    assert.equal(exitCodeOf(runs), 1);
  });

  it("begins no more once it is interrupted, and waits for those that run", async () => {
    const interruption = new AbortController();
    const start: StartPodnet = (_args, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          resolve({ code: 130, stdout: "" });
        });
        interruption.abort();
      });
    const { runs } = await each({ start }, {}, interruption.signal);
    assert.deepEqual(outcomes(runs), [
      "dev interrupted 130",
      "staging notBegun failure dev",
      "prod notBegun failure staging",
    ]);
    assert.equal(exitCodeOf(runs), 130);
  });

  it("runs no more at once than it is told", async () => {
    let running = 0;
    let most = 0;
    const start: StartPodnet = async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return { code: 0, stdout: "" };
    };
    const environments = ["a", "b", "c", "d", "e"].map((name) => ({ name }));
    await each({ start }, { environments, concurrency: 2 });
    assert.equal(most, 2);
  });
});

describe("documentOf", () => {
  it("is none of one that was ended while it printed", () => {
    assert.equal(
      documentOf({ environment: "dev", outcome: "failed", exitCode: 3, stdout: '{"name": "d' }),
      undefined,
    );
  });
});
