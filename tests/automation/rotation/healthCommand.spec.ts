import assert from "node:assert/strict";
import { unwellBy } from "../../../automation/rotation/healthCommand";

describe("a health gate's own command", () => {
  const signal = new AbortController().signal;

  it("says by exit code 0 that all is well, whatever it prints", async () => {
    assert.equal(await unwellBy("echo fine; echo odd >&2", signal), undefined);
  });

  it("says by any other exit code that it is not, and with its last line why", async () => {
    const command = "echo looking; echo 'error budget is spent' >&2; exit 7";
    assert.equal(await unwellBy(command, signal), `${command}: exit code 7: error budget is spent`);
    assert.equal(await unwellBy("exit 1", signal), "exit 1: exit code 1");
  });

  it("is not well when the shell knows no such command", async () => {
    assert.match(
      (await unwellBy("no-such-command-here", signal)) ?? "",
      /^no-such-command-here: exit code 127: /,
    );
  });

  it("is killed with all that it started when it takes too long", async () => {
    const command = "sleep 60 | cat";
    assert.equal(await unwellBy(command, signal, 50), `${command}: it did not end within 0.05 s`);
  });

  it("is killed when the run is ended", async () => {
    const ending = new AbortController();
    const asked = unwellBy("sleep 60; true", ending.signal);
    ending.abort(new Error("Ctrl-C"));
    await assert.rejects(asked, /Ctrl-C/);
    await assert.rejects(unwellBy("true", ending.signal), /Ctrl-C/);
  });
});
