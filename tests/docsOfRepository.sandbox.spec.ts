import assert from "node:assert/strict";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { BACK, THERE, THERE_AND_BACK, typing, type DocumentedBlock } from "./support/documentedBlocks";
import { outputOf, readersHome, runs, skipAfterFailure } from "./support/documentedBlockTests";
import { linked } from "./support/linked";
import { blocksOf } from "./support/markdown";
import { typeBlock, type Typed } from "./support/typedBlocks";

/** The first run of all builds the programs of the sandbox. */
const TIMEOUT_MS = 30 * 60_000;
const root = join(__dirname, "..");

/** A repository of somebody's own, with the package installed. */
function repositoryIn(home: string, name: string): string {
  const folder = join(home, name);
  const modules = join(folder, "node_modules");
  linked(join(root, "node_modules"), modules, [".bin", "eks-pod-network"]);
  symlinkSync(root, join(modules, "eks-pod-network"));
  mkdirSync(join(modules, ".bin"));
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  symlinkSync(join("..", "eks-pod-network", "dist", "cli", "podnet.js"), join(modules, ".bin", "podnet"));
  return folder;
}

/** Bare has no workloads; the pages look at these. */
const WORKLOADS = `
apiVersion: v1
kind: Namespace
metadata: { name: payments }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ledger, namespace: payments }
spec:
  serviceName: ledger
  replicas: 3
  podManagementPolicy: Parallel
  selector: { matchLabels: { app: ledger } }
  template:
    metadata: { labels: { app: ledger } }
    spec:
      containers: [{ name: ledger, image: ledger }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ledger, namespace: payments }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: ledger } } }
`;

/** The program of a page, as a module of JavaScript. */
function programOf(page: string): string {
  const [example] = blocksOf(page).filter(({ language }) => language === "ts");
  return ts.transpileModule(example?.text ?? "", {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  }).outputText;
}

/** It takes back what is there, and says later that there is no more. */
function checkRollback(done: readonly Typed[]): void {
  assert.match(outputOf(done, "podnet rollback prod --dry-run"), /^prod {2}can be taken back$/m);
  const takenBack = /^prod {2}taken back {2}[1-9]\d* nodes? replaced, [1-9]\d* resources deleted$/m;
  assert.match(outputOf(done, "podnet rollback prod"), takenBack);
  const again = outputOf(done, "podnet rollback prod --max-unavailable 10%");
  assert.match(again, /^prod {2}taken back: nothing of it was left\.$/m);
}

describe("the command blocks in a repository with the package installed", function () {
  this.timeout(TIMEOUT_MS);
  const { home, shell } = readersHome();
  before(async () => {
    writeFileSync(join(home(), "workloads.yaml"), WORKLOADS);
    const start = [
      ...["git init --quiet prepared", "mkdir states", "podnet sandbox up --world bare"],
      ...['eval "$(podnet sandbox env)"', "kubectl apply --filename workloads.yaml"],
      `kubectl apply --filename ${join(root, "sandbox", "worlds", "system.workloads.yaml")}`,
      "kubectl rollout status --timeout 5m --namespace payments statefulset/ledger",
      "kubectl rollout status --timeout 5m --namespace kube-system deployment/coredns",
      // The one that the page on permissions gives its policy to.
      "aws iam create-role --role-name podnet-read --assume-role-policy-document '{}'",
    ];
    await typeBlock(shell(), start, typing);
  });

  /** In a repository of its own: what is tested needs what came before it. */
  function inRepository(name: string, blocks: readonly DocumentedBlock[], further?: () => void): void {
    describe(name, () => {
      before(() => {
        repositoryIn(home(), name);
        cpSync(join(home(), "prepared", ".git"), join(home(), name, ".git"), { recursive: true });
      });
      skipAfterFailure();
      beforeEach(() => {
        shell().cwd = join(home(), name);
      });
      for (const block of blocks) runs(block, shell);
      further?.();
    });
  }

  inRepository("there-and-back", THERE_AND_BACK);
  inRepository("there", THERE, () => {
    for (const page of ["docs/embedding.md", "docs/report.md"])
      it(`the program of ${page} ends as it should`, async () => {
        writeFileSync(join(home(), "there", "example.mjs"), programOf(page));
        await typeBlock(shell(), ["node example.mjs"], typing);
      });
    for (const block of BACK) runs(block, shell, checkRollback);
  });
});
