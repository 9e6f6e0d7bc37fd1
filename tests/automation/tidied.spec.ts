import assert from "node:assert/strict";
import { tidied } from "../../automation/tidied";

describe("tidying up", () => {
  const fails = (message: string) => () => Promise.reject(new Error(message));

  it("comes after what was done, and then its result", async () => {
    const done: string[] = [];
    const act = () => Promise.resolve(done.push("act"));
    const tidy = () => Promise.resolve(void done.push("tidy"));
    assert.equal(await tidied(act, tidy), 1);
    assert.deepEqual(done, ["act", "tidy"]);
  });

  it("comes after a failure as well, which is told, whatever comes of it", async () => {
    const done: string[] = [];
    const tidy = () => Promise.resolve(void done.push("tidy"));
    await assert.rejects(tidied(fails("act"), tidy), { message: "act" });
    assert.deepEqual(done, ["tidy"]);
    await assert.rejects(tidied(fails("act"), fails("tidy")), { message: "act" });
  });

  it("is told where it alone fails", async () => {
    await assert.rejects(
      tidied(() => Promise.resolve(1), fails("tidy")),
      { message: "tidy" },
    );
  });
});
