import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { askWitness } from "../../../cli/demo/witness";

const NOTHING_BROKEN = { watchingSince: 0, budgets: 4, broken: [], interruptions: 0 };

describe("the watcher of a demo", () => {
  let server: Server;
  let endpoint: string;
  /** Whether it says anything. */
  let isSilent: boolean;
  const ask = (signal = new AbortController().signal) => askWitness({ awsEndpoint: endpoint }, signal);

  beforeEach(async () => {
    isSilent = false;
    server = createServer((_, response) => {
      if (!isSilent) response.end(JSON.stringify(NOTHING_BROKEN));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it("says what it has seen", async () => {
    assert.deepEqual(await ask(), NOTHING_BROKEN);
  });

  it("is not waited for once the demo is interrupted", async () => {
    isSilent = true;
    const interruption = new AbortController();
    const asking = ask(interruption.signal);
    await once(server, "request");
    interruption.abort();
    await assert.rejects(asking, { name: "AbortError" });
  });

  it("that is gone is no defect of podnet", async () => {
    server.close();
    await assert.rejects(ask(), { name: "OutsideError", exitCode: 3 });
  });
});
