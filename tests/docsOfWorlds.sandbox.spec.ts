import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { sandboxEnv, type WorldName } from "../sandbox/sandbox";
import { blocksOf, pages } from "./support/markdown";
import { readersPath } from "./support/readersPath";
import { sandboxFixture } from "./support/sandbox";
import { temporaryFolder } from "./support/temporaryFolder";
import { statementsOf, typeBlock, type TypingShell } from "./support/typedBlocks";

const pageOf = (world: string) => `docs/worlds/${world}.md`;

/** The pages whose blocks tests/docs.sandbox.spec.ts runs. */
const ELSEWHERE = ["small", "large"];

/** Of a page, what a reader puts in the place of its names, or how they call what has no end; the first that fits. */
type InPlaceOf = readonly (readonly [RegExp, string])[];

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

/** Never ends, and does not succeed. */
const HELD_UP = [/^kubectl drain .*$/, "! $& --timeout 3s"] as const;
/** What AWS refuses, with an exit code that is another in each version of its CLI. */
const refused = (call: RegExp) => [call, "! $&"] as const;

const WORLDS: Readonly<Partial<Record<WorldName, InPlaceOf>>> = {
  "bare-pods": [
    [/\bNODE\b/, ofKubectl("pod psql --namespace tools", ".spec.nodeName")],
    [/^kubectl drain .*$/, "! $&"],
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
    refused(/^aws eks update-nodegroup-config .* desiredSize=4$/),
    refused(/^aws autoscaling set-desired-capacity [^]*$/),
  ],
  "full-node-subnets": [],
  "full-pod-subnet": [
    [/\bPOD\b/, ofKubectl("pods --namespace media", ".items[0].metadata.name")],
    [/\bSUBNET\b/, subnetOf("100.64.64.0/19")],
  ],
  "impossible-pdb": [[/\bNODE\b/, ofKubectl("pods --namespace billing", ".items[0].spec.nodeName")], HELD_UP],
  karpenter: [[/\bNAME\b/, ofKubectl("nodeclaims", ".items[0].metadata.name")]],
  "network-policy": [],
  "nodes-elsewhere": [],
  "pending-peering": [
    refused(/^aws ec2 associate-vpc-cidr-block .*$/),
    [
      /\bPEERING\b/,
      ofAws("ec2 describe-vpc-peering-connections", "VpcPeeringConnections[0].VpcPeeringConnectionId"),
    ],
  ],
  "private-endpoint": [
    // The sandbox of this test has no name.
    [/^eval "\$\(podnet sandbox env\)"$/, ":"],
    [/^eval "\$\(podnet sandbox env --inside\)"$/, 'export KUBECONFIG="$INSIDE"'],
    [/^kubectl get nodes --request-timeout .*$/, "! $&"],
  ],
  "self-managed-cni": [],
  "set-env": [],
  "shared-route-table": [],
  "single-replicas": [[/^kubectl .* --watch$/, "! timeout 2 $&"]],
  "static-pods": [],
  "stray-annotation": [
    [
      /\bNODE\b/,
      `$(kubectl get nodes --output json | jq -r '.items[] | select(.metadata.annotations["k8s.amazonaws.com/eniConfig"]) | .metadata.name')`,
    ],
    [/\bINSTANCE\b/, ofAws("ec2 describe-instances", "Reservations[0].Instances[0].InstanceId")],
  ],
  "stuck-finalizer": [],
  "two-pdbs": [[/\bNODE\b/, ofKubectl("pods --namespace shop", ".items[0].spec.nodeName")], HELD_UP],
  "two-security-groups": [],
  "vpc-10-0": [refused(/^aws ec2 associate-vpc-cidr-block .*$/), [/^podnet check-cidr 198.19.*$/, "! $&"]],
  "windows-fargate": [[/\bSUBNET SUBNET\b/, ofCluster("subnetIds")]],
  "zone-without-eniconfig": [[/\bSUBNET\b/, subnetOf("100.64.2.0/24")]],
};

const blocksOfWorld = (world: string) =>
  blocksOf(pageOf(world))
    .filter(({ language }) => language === "sh")
    .map(({ text }) => statementsOf(text));

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
      let shell: TypingShell;
      before(() => {
        const home = temporaryFolder();
        const PATH = readersPath(home, record().kubectl);
        const own = { HOME: home, PATH, WORLD: world, INSIDE: sandboxEnv(record(), true).KUBECONFIG };
        shell = { cwd: home, env: { ...process.env, ...own, ...sandboxEnv(record()) } };
      });
      after(() => {
        rmSync(shell.cwd, { recursive: true });
      });
      for (const statements of blocksOfWorld(world)) {
        it(`do what they say: ${statements.join("; ")}`, () => {
          typeBlock(shell, statements, (statement) => ({
            typed: [...inPlaceOf, ...EVERYWHERE].reduce(
              (typed, [name, here]) => typed.replace(name, here),
              statement,
            ),
            exits: 0,
          }));
        });
      }
    });
  }
});
