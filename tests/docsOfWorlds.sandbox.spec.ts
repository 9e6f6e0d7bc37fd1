import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { sandboxEnv, type WorldName } from "../sandbox/sandbox";
import { blocksOf, pages } from "./support/markdown";
import { readersShell } from "./support/readersShell";
import { sandboxFixture } from "./support/sandbox";
import { temporaryFolder } from "./support/temporaryFolder";
import { statementsOf, typeBlock, type Ending, type Typing, type TypingShell } from "./support/typedBlocks";

const pageOf = (world: string) => `docs/worlds/${world}.md`;

/** The pages whose blocks tests/docsOfClone.sandbox.spec.ts runs. */
const ELSEWHERE = ["small", "large"];

/**
 * Of a page, what a reader puts in the place of its names, or how they call what has no end, one after the other; and how
 * a statement of that kind ends, where it does not succeed.
 */
type InPlaceOf = readonly (readonly [RegExp, string, Ending?])[];

const ofKubectl = (what: string, path: string) => `$(kubectl get ${what} --output jsonpath='{${path}}')`;
const ofAws = (call: string, query: string) => `$(aws ${call} --query '${query}' --output text)`;
const ofCluster = (part: string) =>
  ofAws("eks describe-cluster --name $WORLD", `cluster.resourcesVpcConfig.${part}`);
const subnetOf = (cidrBlock: string) =>
  ofAws(`ec2 describe-subnets --filters Name=cidr-block,Values=${cidrBlock}`, "Subnets[0].SubnetId");

const EVERYWHERE: InPlaceOf = [
  [/\bNODE\b/, ofKubectl("nodes", ".items[0].metadata.name")],
  [/\bVPC\b/, ofCluster("vpcId")],
];

/** What fails, and with which words; its exit code is another in each version of aws and kubectl. */
const fails = (call: RegExp, says: RegExp) => [call, "$&", { exits: "not 0", says }] as const;
/** What AWS refuses, and with which code. */
const refused = (call: RegExp, code: string) =>
  fails(call, new RegExp(`An error occurred \\(${code}\\) when calling `));

const WORLDS: Readonly<Partial<Record<WorldName, InPlaceOf>>> = {
  "bare-pods": [
    [/\bNODE\b/, ofKubectl("pod psql --namespace tools", ".spec.nodeName")],
    fails(/^kubectl drain .*$/, /cannot delete Pods that declare no controller \(use --force to override\)/),
    // A migration of its own, as in tests/automation/rotation.
    [/^podnet rotate sandbox --force$/, ":"],
  ],
  "crash-loop": [],
  database: [
    [
      /\bGROUP_OF_WAREHOUSE\b/,
      ofAws(
        "ec2 describe-security-groups --filters Name=group-name,Values=warehouse",
        "SecurityGroups[0].GroupId",
      ),
    ],
  ],
  "foreign-group": [],
  "foreign-settings": [],
  "full-group": [
    refused(/^aws eks update-nodegroup-config .* desiredSize=4$/, "InvalidParameterException"),
    refused(/^aws autoscaling set-desired-capacity [^]*$/, "ValidationError"),
  ],
  "full-node-subnets": [],
  "full-pod-subnet": [
    [/\bPOD\b/, ofKubectl("pods --namespace media", ".items[0].metadata.name")],
    [/\bSUBNET\b/, subnetOf("100.64.64.0/19")],
  ],
  "impossible-pdb": [
    [/\bNODE\b/, ofKubectl("pods --namespace billing", ".items[0].spec.nodeName")],
    // For ever: read until it says so.
    [
      /^kubectl drain .*$/,
      '$& 2>&1 | grep --max-count 1 "Cannot evict pod as it would violate the pod\'s disruption budget."',
    ],
  ],
  karpenter: [[/(?<=nodeclaim )NAME\b/, ofKubectl("nodeclaims", ".items[0].metadata.name")]],
  "network-policy": [],
  "nodes-elsewhere": [],
  "pending-peering": [
    refused(/^aws ec2 associate-vpc-cidr-block .*$/, "IncorrectState"),
    [
      /\bPEERING\b/,
      ofAws("ec2 describe-vpc-peering-connections", "VpcPeeringConnections[0].VpcPeeringConnectionId"),
    ],
  ],
  "private-endpoint": [
    // The sandbox of this test has no name.
    [/^eval "\$\(podnet sandbox env\)"$/, ":"],
    [/^eval "\$\(podnet sandbox env --inside\)"$/, 'export KUBECONFIG="$INSIDE"'],
    fails(
      /^kubectl get nodes --request-timeout .*$/,
      /^Unable to connect to the server: .*(Client\.Timeout|context deadline) exceeded/m,
    ),
  ],
  "self-managed-cni": [],
  "set-env": [],
  "shared-route-table": [],
  "single-replicas": [
    // For ever, which its end by timeout, 124, says.
    [/^kubectl .* --watch$/, "timeout 20 $&", { exits: 124, says: /^report-api +1\/1 /m }],
  ],
  "static-pods": [],
  "stray-annotation": [
    [
      /\bNODE\b/,
      `$(kubectl get nodes --output json | jq -r '.items[] | select(.metadata.annotations["k8s.amazonaws.com/eniConfig"]) | .metadata.name')`,
    ],
    [/\bINSTANCE\b/, ofAws("ec2 describe-instances", "Reservations[0].Instances[0].InstanceId")],
  ],
  "stuck-finalizer": [],
  "two-pdbs": [
    [/\bNODE\b/, ofKubectl("pods --namespace shop", ".items[0].spec.nodeName")],
    fails(/^kubectl drain .*$/, /This pod has more than one PodDisruptionBudget, which the eviction/),
  ],
  "two-security-groups": [],
  "vpc-10-0": [
    refused(/^aws ec2 associate-vpc-cidr-block .*$/, "InvalidVpc\\.Range"),
    [/^podnet check-cidr 198\.19\..*$/, "$&", { exits: 1, says: /^198\.19\.0\.0\/16 can't be added/m }],
  ],
  "windows-fargate": [[/\bSUBNET SUBNET\b/, ofCluster("subnetIds")]],
  "zone-without-eniconfig": [[/\bSUBNET\b/, subnetOf("100.64.2.0/24")]],
};

const blocksOfWorld = (world: string) =>
  blocksOf(pageOf(world))
    .filter(({ language }) => language === "sh")
    .map(({ text }) => statementsOf(text));

const typing =
  (inPlaceOf: InPlaceOf): Typing =>
  (statement) => ({
    typed: inPlaceOf.reduce((typed, [name, here]) => typed.replace(name, here), statement),
    ...(inPlaceOf.find(([call, , ending]) => ending !== undefined && call.test(statement))?.[2] ?? {
      exits: 0,
    }),
  });

describe("the command blocks of the pages of worlds", function () {
  this.timeout(20 * 60_000);

  it("are all of those that there are", () => {
    const worlds = pages.flatMap((page) => /^docs\/worlds\/(.*)\.md$/.exec(page)?.[1] ?? []);
    const wanted = worlds.filter((world) => !ELSEWHERE.includes(world) && blocksOfWorld(world).length > 0);
    assert.deepEqual(Object.keys(WORLDS).sort(), wanted.sort());
  });

  for (const [world, inPlaceOf] of Object.entries(WORLDS)) {
    describe(world, () => {
      const { record } = sandboxFixture(world as WorldName);
      let shell: TypingShell | undefined;
      before(() => {
        const home = temporaryFolder();
        shell = readersShell(home, record().kubectl);
        const inside = sandboxEnv(record(), true).KUBECONFIG;
        Object.assign(shell.env, sandboxEnv(record()), { WORLD: world, INSIDE: inside });
      });
      after(() => {
        if (shell !== undefined) rmSync(shell.cwd, { recursive: true });
      });
      for (const statements of blocksOfWorld(world)) {
        it(`end as they should: ${statements.join("; ")}`, async () => {
          assert.ok(shell);
          await typeBlock(shell, statements, typing([...inPlaceOf, ...EVERYWHERE]));
        });
      }
    });
  }
});
