import assert from "node:assert/strict";
import type { ClusterInstance } from "../../../../sandbox/dataPlane/ec2/instances";
import { KnownInstances } from "../../../../sandbox/dataPlane/ec2/knownInstances";

const none: readonly ClusterInstance[] = [];

describe("the instances that a data plane knows", () => {
  it("are listed once, and once more after a change", async () => {
    let asked = 0;
    const known = new KnownInstances(() => {
      asked += 1;
      return Promise.resolve(none);
    });
    await known.current();
    await known.current();
    assert.equal(asked, 1);

    known.changed();
    await known.current();
    assert.equal(asked, 2);
  });

  it("are listed once more when they changed while EC2 answered", async () => {
    const answers: ((instances: readonly ClusterInstance[]) => void)[] = [];
    const known = new KnownInstances(() => new Promise((resolve) => answers.push(resolve)));
    const first = known.current();
    known.changed();
    answers[0]?.(none);
    await first;

    void known.current();
    assert.equal(answers.length, 2);
  });
});
