import assert from "node:assert/strict";
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLONE, isEnd, QUICK_START, typing } from "./support/documentedBlocks";
import { outputOf, readersHome, runs, skipAfterFailure } from "./support/documentedBlockTests";
import { linked } from "./support/linked";
import { typeBlock, type Typed } from "./support/typedBlocks";

/** The first run of all builds the programs of the sandbox. */
const TIMEOUT_MS = 30 * 60_000;
const root = join(__dirname, "..");

/** What a fresh clone of this repository is once it is built; what is written into its stacks stays in it. */
function checkoutIn(home: string): string {
  const checkout = join(home, "eks-pod-network-checkout");
  linked(root, checkout, ["stacks", ".git"]);
  cpSync(join(root, "stacks"), join(checkout, "stacks"), { recursive: true });
  return checkout;
}

/** What the comments of the quick start say of its output. */
function checkQuickStart(done: readonly Typed[]): void {
  const pods = outputOf(done, "kubectl get pods --all-namespaces --output wide");
  assert.match(pods, / 10\.8\.\d+\.\d+ /);
  assert.doesNotMatch(pods, / 100\.64\.\d+\.\d+ /);
  const verified = /^sandbox {2}verified .* all in 100\.64\.0\.0\/16$/m;
  assert.match(outputOf(done, "npx podnet verify sandbox"), verified);
}

describe("the command blocks in a clone of this repository", function () {
  this.timeout(TIMEOUT_MS);
  const { home, shell } = readersHome();
  let checkout: string;
  before(() => {
    // npx would build a clone anew.
    writeFileSync(join(home(), "bin", "npx"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
    checkout = checkoutIn(home());
  });
  skipAfterFailure();
  beforeEach(() => {
    shell().cwd = checkout;
  });

  for (const block of CLONE) runs(block, shell, block.page === QUICK_START ? checkQuickStart : undefined);

  it("leave nothing of the sandbox", async () => {
    const ends = CLONE.flatMap(({ statements }) => statements.filter(isEnd));
    assert.ok(ends.length > 0);
    await typeBlock(shell(), ends, typing);
    assert.deepEqual(readdirSync(join(home(), "eks-pod-network", "sandboxes")), []);
  });
});
