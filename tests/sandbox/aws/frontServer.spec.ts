import assert from "node:assert/strict";
import { startFrontServer, type FrontServer } from "../../../sandbox/aws/frontServer";

describe("the server of the sandbox's AWS", () => {
  let server: FrontServer;
  before(async () => {
    server = await startFrontServer(
      () => Promise.reject(new Error("nobody asks AWS here")),
      { "/_sandbox/hello": () => ({ hello: "you" }) },
      () => undefined,
    );
  });
  after(() => server.close());

  it("keeps connections far longer than clients leave them unused", async () => {
    const answer = await fetch(`${server.endpoint}/_sandbox/hello`);
    assert.equal(answer.headers.get("keep-alive"), "timeout=600");
    assert.deepEqual(await answer.json(), { hello: "you" });
  });
});
