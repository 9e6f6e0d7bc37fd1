import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { ensurePrograms } from "../sandbox/controlPlane/programs";
import { blocksOf, pages } from "./support/markdown";
import { lendPrograms } from "./support/ownCache";
import { podnetProcess } from "./support/podnetProcess";
import { readersPath } from "./support/readersPath";
import { printedProgress } from "./support/sandbox";
import { temporaryFolder } from "./support/temporaryFolder";
import { statementsOf, typeBlock, type Typed, type TypingShell } from "./support/typedBlocks";

/** The first run of all builds the programs of the sandbox. */
const TIMEOUT_MS = 30 * 60_000;
const root = join(__dirname, "..");

/** What no sandbox can run, and why; every other statement of every shell block is run. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "npm ci": "installs this package anew, under the tests that run beside",
  "npm install": "installs this package anew, under the tests that run beside",
  "npm install eks-pod-network": "from a registry; tests/embedding.spec.ts installs what npm packs",
  "npm run demo": "builds this package; tests/cli/demo.sandbox.spec.ts runs the demo",
  "npx podnet demo --world large --nodes 50":
    "takes ten minutes; tests/cli/demo.sandbox.spec.ts runs the demo",
  "npm test": "is what runs this",
  "npm run test:unit": "is what runs this",
  "npm run bench": "measures for an hour; tests/packaging.spec.ts knows that npm has it",
  "podnet preview --all --post": "writes to GitHub; tests/cli/preview.spec.ts posts to a played one",
  "aws eks create-access-entry --cluster-name prod-main --region us-west-2 \\\n  --principal-arn arn:aws:iam::123456789012:role/podnet-read --kubernetes-groups podnet-read":
    "the sandbox's EKS has no access entries; tests/docs.spec.ts checks it against AWS's API",
  "pulumi up": "needs the real pulumi-resource-eks; tests/stacks/newClusterPlugin.sandbox.spec.ts asks it",
};

/** Statements whose answer is another than 0, with their exit codes. */
const EXITS: Readonly<Record<string, number>> = {
  // It says why not.
  "podnet check-cidr 198.19.0.0/16 --vpc-cidr 10.8.0.0/16": 1,
  "podnet check-cidr 100.64.0.0/10 --vpc-cidr 10.8.0.0/16": 1,
  // Nothing is under way that it could end.
  "podnet rotate prod --pause": 1,
};

/** For those who work on this package; and the worlds, whose pages tests/docsOfWorlds.sandbox.spec.ts runs. */
const OTHER_PAGES = /^(CONTRIBUTING\.md|docs\/worlds\/(?!small|large).*)$/;

const ofCluster = (part: string) =>
  `$(aws eks describe-cluster --name bare --query 'cluster.resourcesVpcConfig.${part}' --output text)`;

/** What a reader puts in the place of names that the pages have; the first that fits, of each. */
const IN_PLACE_OF: readonly (readonly [RegExp, string])[] = [
  // Names of clusters, of AWS, and of Pulumi's backend.
  [/\b(prod-main|shop-prod|shop-dev)\b/g, "bare"],
  [/s3:\/\/your-pulumi-states/g, "file://$HOME/states"],
  [/\bvpc-0123456789abcdef0\b/g, ofCluster("vpcId")],
  [/\bsubnet-0123456789abcdef0\b/g, ofCluster("subnetIds[0]")],
  [
    /\bGROUP\b/g,
    "$(aws autoscaling describe-auto-scaling-groups --query 'AutoScalingGroups[0].AutoScalingGroupName' --output text)",
  ],
  [
    /\bip-10-8-17-201\.us-west-2\.compute\.internal\b/g,
    "$(kubectl get nodes --output jsonpath='{.items[0].metadata.name}')",
  ],
  [/\bdb\.example\.com:5432\b/g, "10.8.0.4:5432"],
  // One whose node is still there, after a rotation.
  [
    /\bdaemonset\/aws-node (?=61679)/g,
    "$(kubectl get pods --namespace kube-system --selector k8s-app=aws-node --output jsonpath='{.items[0].metadata.name}' " +
      "--field-selector spec.nodeName=$(kubectl get nodes --output jsonpath='{.items[0].metadata.name}')) ",
  ],
  // Other programs of this computer may listen there.
  [/(?<=port-forward .*) 8080$/, " :8080"],
  // The kubeconfig of the sandbox stays as it is.
  [/^aws eks update-kubeconfig .*$/, '$& --kubeconfig "$HOME/.kube/config"'],
  // Runs on beside the next ones, from when it says where it listens.
  [/^kubectl .*port-forward.*$/, '[ -z "$!" ] || kill "$!"; exec 9< <(exec $&); read -r _ <&9'],
  // On a terminal, with somebody who says yes.
  [
    /^(npx )?podnet migrate (?!.*--yes).*$/,
    `printf 'yes\\nyes\\n' | python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' $&`,
  ],
];

const typing = (statement: string) => ({
  typed: IN_PLACE_OF.reduce((text, [name, here]) => text.replace(name, here), statement),
  exits: EXITS[statement] ?? 0,
});

/** Somebody's shell, with nothing of this computer's but its programs. */
function shellIn(home: string, kubectl: string): TypingShell {
  const env: NodeJS.ProcessEnv = {
    HOME: home,
    TMPDIR: home,
    XDG_CACHE_HOME: home,
    PATH: readersPath(home, kubectl),
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    npm_config_update_notifier: "false",
  };
  lendPrograms(home);
  return { cwd: home, env };
}

/** A folder with what another has, as links. */
function linked(from: string, to: string, but: readonly string[] = []): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (!but.includes(name)) symlinkSync(join(from, name), join(to, name));
  }
}

/** What a fresh clone of this repository is once it is built; what is written into its stacks stays in it. */
function checkoutIn(home: string): string {
  const checkout = join(home, "eks-pod-network-checkout");
  linked(root, checkout, ["stacks", ".git"]);
  cpSync(join(root, "stacks"), join(checkout, "stacks"), { recursive: true });
  return checkout;
}

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

interface DocumentedBlock {
  readonly page: string;
  readonly statements: readonly string[];
}

/** The shell blocks of pages, in this order, but statements that are not run. */
const blocksOfPages = (...names: readonly string[]): DocumentedBlock[] =>
  names.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === "sh")
      .map(({ text }) => ({
        page,
        statements: statementsOf(text).filter((statement) => NOT_RUN[statement] === undefined),
      })),
  );

const QUICK_START = "docs/quick-start.md";
const isOfClone = ({ statements }: DocumentedBlock) => statements.some((one) => one.includes("sandbox"));

/** In a clone of this repository, on the sandbox that the quick start brings up. */
const CLONE: readonly DocumentedBlock[] = [
  ...blocksOfPages(QUICK_START).filter(isOfClone),
  ...blocksOfPages(
    "docs/sandbox.md",
    "docs/worlds/small.md",
    "docs/worlds/large.md",
    "docs/components.md",
    "docs/planning.md",
  ),
];

/** In a repository of somebody's own: there and back again. */
const THERE_AND_BACK = blocksOfPages("README.md", "docs/rollback.md", "docs/preflight.md");

/** In another one: there, and what is to be known of that. */
const THERE: readonly DocumentedBlock[] = [
  ...blocksOfPages(QUICK_START).filter((block) => !isOfClone(block)),
  ...blocksOfPages(
    ...["docs/permissions.md", "docs/up.md", "docs/rotation.md", "docs/verify.md", "docs/report.md"],
    ...["docs/migrate.md", "docs/pull-requests.md", "docs/pipelines.md"],
    ...["docs/troubleshooting.md", "docs/embedding.md", "docs/environments.md"],
  ),
];

/** Ends the sandbox of its shell, for which the blocks of other pages come first. */
const isEnd = (statement: string) => /podnet sandbox down/.test(statement);

/** Runs a block as a test. */
function runs(
  { page, statements: all }: DocumentedBlock,
  shell: () => TypingShell,
  check?: (done: readonly Typed[]) => void,
): void {
  const statements = all.filter((statement) => !isEnd(statement));
  if (statements.length === 0) return;
  it(`of ${page} do what they say: ${statements.join("; ")}`, () => {
    const done = typeBlock(shell(), statements, typing);
    check?.(done);
  });
}

const outputOf = (done: readonly Typed[], part: string) =>
  done.find(({ statement }) => statement.includes(part))?.stdout ?? "";

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

describe("the command blocks", function () {
  this.timeout(TIMEOUT_MS);
  let home: string;
  let shell: TypingShell;
  let kubectl: string;
  before(async () => {
    ({ kubectl } = await ensurePrograms({ progress: printedProgress }));
  });
  const begin = () => {
    home = temporaryFolder();
    shell = shellIn(home, kubectl);
  };
  const end = () => {
    podnetProcess(["sandbox", "down"], { env: { XDG_CACHE_HOME: home } });
    rmSync(home, { recursive: true });
  };

  it("are all of those that there are", () => {
    const run = [...CLONE, ...THERE_AND_BACK, ...THERE];
    const pagesOf = (blocks: readonly DocumentedBlock[]) =>
      [...new Set(blocks.map(({ page }) => page))].sort();
    assert.deepEqual(
      pagesOf(run),
      pagesOf(blocksOfPages(...pages.filter((page) => !OTHER_PAGES.test(page)))),
    );
    const statements = pages.flatMap((page) => blocksOf(page)).flatMap(({ text }) => statementsOf(text));
    for (const one of [...Object.keys(NOT_RUN), ...Object.keys(EXITS)])
      assert.ok(statements.includes(one), `no page has ${one}`);
  });

  describe("in a clone of this repository", () => {
    before(() => {
      begin();
      // npx would build a clone anew.
      writeFileSync(join(home, "bin", "npx"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
      checkoutIn(home);
    });
    after(end);
    beforeEach(() => {
      shell.cwd = join(home, "eks-pod-network-checkout");
    });

    for (const block of CLONE)
      runs(
        block,
        () => shell,
        (done) => {
          if (block.page !== QUICK_START) return;
          assert.match(outputOf(done, "kubectl get pods"), / 10\.8\.\d+\.\d+ /);
          assert.doesNotMatch(outputOf(done, "kubectl get pods"), / 100\.64\.\d+\.\d+ /);
          const verified = /^sandbox {2}verified .* all in 100\.64\.0\.0\/16$/m;
          assert.match(outputOf(done, "podnet verify"), verified);
        },
      );

    it("leave nothing of the sandbox", () => {
      const ends = CLONE.flatMap(({ statements }) => statements.filter(isEnd));
      assert.ok(ends.length > 0);
      typeBlock(shell, ends, typing);
      assert.deepEqual(readdirSync(join(home, "eks-pod-network", "sandboxes")), []);
    });
  });

  describe("in a repository with the package installed", () => {
    before(() => {
      begin();
      writeFileSync(join(home, "workloads.yaml"), WORKLOADS);
      const start = [
        ...["git init --quiet prepared", "mkdir states", "podnet sandbox up --world bare"],
        ...['eval "$(podnet sandbox env)"', "kubectl apply --filename workloads.yaml"],
        `kubectl apply --filename ${join(root, "sandbox", "worlds", "system.workloads.yaml")}`,
        // The one that the page on permissions gives its policy to.
        "aws iam create-role --role-name podnet-read --assume-role-policy-document '{}'",
      ];
      typeBlock(shell, start, typing);
    });
    after(end);

    for (const [name, blocks] of Object.entries({ "there-and-back": THERE_AND_BACK, there: THERE })) {
      describe(name, () => {
        before(() => {
          repositoryIn(home, name);
          cpSync(join(home, "prepared", ".git"), join(home, name, ".git"), { recursive: true });
        });
        beforeEach(() => {
          shell.cwd = join(home, name);
        });
        for (const block of blocks) runs(block, () => shell);
        if (blocks === THERE)
          for (const page of ["docs/embedding.md", "docs/report.md"])
            it(`the program of ${page} does what it says`, () => {
              const [example] = blocksOf(page).filter(({ language }) => language === "ts");
              const { outputText } = ts.transpileModule(example?.text ?? "", {
                compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
              });
              writeFileSync(join(home, name, "example.mjs"), outputText);
              typeBlock(shell, ["node example.mjs"], typing);
            });
      });
    }
  });
});
