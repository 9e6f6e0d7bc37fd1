import assert from "node:assert/strict";
import { podnet } from "../support/podnet";

describe("commands about one thing", function () {
  // The first to run a command loads all that it needs, from the sources: two seconds on an idle computer.
  this.timeout(60_000);

  it("are listed by its name alone, by its help and by help of its name", async () => {
    const { code, stdout } = await podnet("sandbox");
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: podnet sandbox <command>\n/);
    assert.match(
      stdout,
      /\n {2}up +start it\n {2}status +say .*\n {2}list +name .*\n {2}worlds +list .*\n {2}env +print .*\n/,
    );
    assert.deepEqual(await podnet("sandbox --help"), { code, stdout, stderr: "" });
    assert.deepEqual(await podnet("help sandbox"), { code, stdout, stderr: "" });
  });

  it("have a help of their own each, under both their names", async () => {
    const { code, stdout } = await podnet("sandbox up --help");
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: podnet sandbox up \[options\]\n/);
    assert.match(stdout, /--world <world> +what is in it at the start/);
    assert.deepEqual(await podnet("help sandbox up"), { code, stdout, stderr: "" });
  });

  it("are suggested for a word that is none of them", async () => {
    const { code, stdout, stderr } = await podnet("sandbox upp");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^podnet sandbox: 1 problem\n {2}upp: .*\n +-> Did you mean up\?/);
  });

  it("are named in full by their problems", async () => {
    const { code, stderr } = await podnet("sandbox up --name A --world big");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^podnet sandbox up: 2 problems\n {2}--name: "A" can't be .*\n.*\n {2}--world: "big"/,
    );
    assert.match(
      (await podnet("sandbox up --wrld small")).stderr,
      /Did you mean --world\? podnet sandbox up --help/,
    );
  });
});
