import assert from "node:assert/strict";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, WorldView } from "./worldView";

describe("the world crash-loop", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("crash-loop");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has pods in CrashLoopBackOff, which have been started again", async () => {
    await eventually("both mailers wait for their next start", async () => {
      const pods = await world.podsOf("billing", "invoice-mailer");
      const waiting = pods.filter(({ status }) => {
        const [container] = status?.containerStatuses ?? [];
        return (
          container?.state?.waiting?.reason === "CrashLoopBackOff" &&
          container.restartCount >= 1 &&
          !container.ready
        );
      });
      return pods.length === 2 && waiting.length === 2;
    });
  });

  it("is told beforehand which budgets hold pods, and because of which", async () => {
    const found = findingsOf(await preflightOf(record()), "PDB-UNREADY");
    assert.deepEqual(
      found.map(({ level, title }) => [level, title]),
      [
        ["warn", "billing/invoice-mailer holds 2 pods because 2 pods of it are not Ready"],
        ["warn", "billing/ledger holds 2 pods because a pod of it is not Ready"],
      ],
    );
    const [mailer, ledger] = found;
    assert.match(mailer?.wayOut ?? "", /unhealthyPodEvictionPolicy: AlwaysAllow/);
    assert.match(
      ledger?.evidence[0] ?? "",
      /^Not Ready: billing\/ledger-canary-\S+; 2 of the 2 that it needs are healthy\.$/,
    );
    assert.match(ledger?.wayOut ?? "", /narrow the budget's selector/);
  });

  it("answers 429 to the eviction of a crashing pod, as its budget has no healthy one", async () => {
    const [mailer] = await world.podsOf("billing", "invoice-mailer");
    assert.ok(mailer !== undefined);
    const { code, said } = await world.evict(mailer);
    assert.equal(code, 429);
    assert.match(said, /The disruption budget invoice-mailer needs 1 healthy pods and has 0 currently/);
  });

  it("answers 429 to that of a healthy one as well, whose budget counts the canary", async () => {
    const pods = await world.podsOf("billing", "ledger");
    const healthy = pods.filter(isReady);
    assert.deepEqual([pods.length, healthy.length], [3, 2]);
    const [first] = healthy;
    assert.ok(first !== undefined);
    const { code, said } = await world.evict(first);
    assert.equal(code, 429);
    assert.match(said, /The disruption budget ledger needs 2 healthy pods and has 2 currently/);
  });
});
