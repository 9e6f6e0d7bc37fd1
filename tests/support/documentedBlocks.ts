import { blocksOf } from "./markdown";
import { statementsOf, type Typing } from "./typedBlocks";

/** What no sandbox can run, and why; every other statement of every shell block is run. */
export const NOT_RUN: Readonly<Record<string, string>> = {
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
export const EXITS: Readonly<Record<string, number>> = {
  // It says why not.
  "podnet check-cidr 198.19.0.0/16 --vpc-cidr 10.8.0.0/16": 1,
  "podnet check-cidr 100.64.0.0/10 --vpc-cidr 10.8.0.0/16": 1,
  // Nothing is under way that it could end.
  "podnet rotate prod --pause": 1,
};

/** For those who work on this package; and the worlds, whose pages tests/docsOfWorlds.sandbox.spec.ts runs. */
export const OTHER_PAGES = /^(CONTRIBUTING\.md|docs\/worlds\/(?!small|large).*)$/;

const ofCluster = (part: string) =>
  `$(aws eks describe-cluster --name bare --query 'cluster.resourcesVpcConfig.${part}' --output text)`;

/** What a reader puts in the place of names that the pages have, one after the other. */
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
  [/(?<=port-forward .*) (8080|61679)$/, " :$1"],
  [/\blocalhost:61679\b/, "localhost:$port"],
  // The kubeconfig of the sandbox stays as it is.
  [/^aws eks update-kubeconfig .*$/, '$& --kubeconfig "$HOME/.kube/config"'],
  // Runs on beside the next ones, from when it says "Forwarding from 127.0.0.1:PORT -> 61679".
  [/^kubectl .*port-forward.*$/, "exec 9< <(exec $&); IFS=' :' read -r _ _ _ port _ <&9"],
  // On a terminal, with somebody who says yes.
  [
    /^(npx )?podnet migrate (?!.*--yes).*$/,
    `printf 'yes\\nyes\\n' | python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' $&`,
  ],
];

/** How a statement of these pages is typed. */
export const typing: Typing = (statement) => ({
  typed: IN_PLACE_OF.reduce((text, [name, here]) => text.replace(name, here), statement),
  exits: EXITS[statement] ?? 0,
});

/** A shell block of a page. */
export interface DocumentedBlock {
  readonly page: string;
  readonly statements: readonly string[];
}

/** The shell blocks of pages, in this order, but statements that are not run. */
export const blocksOfPages = (...names: readonly string[]): DocumentedBlock[] =>
  names.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === "sh")
      .map(({ text }) => ({
        page,
        statements: statementsOf(text).filter((statement) => NOT_RUN[statement] === undefined),
      })),
  );

export const QUICK_START = "docs/quick-start.md";
const isOfClone = ({ statements }: DocumentedBlock) => statements.some((one) => one.includes("sandbox"));

/** In a clone of this repository, on the sandbox that the quick start brings up. */
export const CLONE: readonly DocumentedBlock[] = [
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
export const THERE_AND_BACK = blocksOfPages("README.md", "docs/preflight.md");

/** In another one: there, and what is to be known of that. */
export const THERE: readonly DocumentedBlock[] = [
  ...blocksOfPages(QUICK_START).filter((block) => !isOfClone(block)),
  ...blocksOfPages(
    ...["docs/permissions.md", "docs/up.md", "docs/rotation.md", "docs/verify.md", "docs/report.md"],
    ...["docs/migrate.md", "docs/pull-requests.md", "docs/pipelines.md"],
    ...["docs/troubleshooting.md", "docs/embedding.md", "docs/environments.md"],
  ),
];

/** Where those have led, back again. */
export const BACK = blocksOfPages("docs/rollback.md");

/** Ends the sandbox of its shell, for which the blocks of other pages come first. */
export const isEnd = (statement: string) => /podnet sandbox down/.test(statement);
