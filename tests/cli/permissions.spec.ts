import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { podnet, podnetJson } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const shop = "permissions --cluster shop --region us-west-2";

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

describe("podnet permissions", function () {
  // The clients of AWS take their time to load.
  this.timeout(60_000);

  it("prints a policy alone, as aws iam create-policy takes it", async () => {
    const { code, stdout } = await podnet(`${shop} --account 123456789012 --step verify --format iam`);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "InRegion",
          Effect: "Allow",
          Action: [
            "autoscaling:DescribeAutoScalingInstances",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeNetworkInterfaces",
          ],
          Resource: "*",
          Condition: { StringEquals: { "aws:RequestedRegion": "us-west-2" } },
        },
      ],
    });
  });

  it("prints roles as kubectl apply takes them, and how somebody gets them", async () => {
    const { stdout } = await podnet(`${shop} --step verify --format rbac --group platform`);
    const [first = ""] = stdout.split("---\n");
    assert.equal(
      first,
      `# Who is in the group platform has these roles. An access entry of EKS puts an IAM role or user there:
#   aws eks create-access-entry --cluster-name shop --region us-west-2 \\
#     --principal-arn ARN --kubernetes-groups platform
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: podnet-verify
rules:
  - apiGroups:
      - ""
    resources:
      - nodes
      - pods
    verbs:
      - list
  - apiGroups:
      - crd.k8s.amazonaws.com
    resources:
      - eniconfigs
    verbs:
      - list
  - apiGroups:
      - policy
    resources:
      - poddisruptionbudgets
    verbs:
      - list
`,
    );
    const kinds = parseAllDocuments(stdout).map((document) => (document.toJS() as { kind: string }).kind);
    assert.deepEqual(kinds, ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);
  });

  it("tells people of each step what it needs", async () => {
    const { stdout } = await podnet(shop);
    assert.match(stdout, /^eks\/shop {2}us-west-2\n\npodnet preflight\n {2}iam InRegion {13}autoscaling:/);
    assert.deepEqual(stdout.match(/^podnet \w+$/gm), [
      "podnet preflight",
      "podnet preview",
      "podnet up",
      "podnet rotate",
      "podnet rollback",
      "podnet verify",
    ]);
    assert.match(stdout, /^ {2}rbac everywhere {10}create pods\/eviction$/m);
  });

  it("asks for more where flags do", async () => {
    const actions = async (line: string) => {
      const { json } = await podnetJson(`${shop} --step rotate ${line}`);
      return (json as { iam: { Statement: Statement[] } }).iam.Statement.flatMap(({ Action }) => Action);
    };
    const before = await actions("--owner standalone");
    const after = await actions("--owner standalone,managed --remove-leaked-enis --delete-empty-groups");
    assert.deepEqual(
      after.filter((action) => !before.includes(action)),
      ["ec2:DeleteNetworkInterface", "eks:DeleteNodegroup"],
    );
  });

  it("takes an environment or a cluster, and formats one at a time", async () => {
    const { code, stderr } = await podnet("permissions");
    assert.equal(code, 2);
    assert.match(stderr, /ENVIRONMENT: is missing\.\n +-> Give .*; or a cluster: --cluster and --region\./);
    assert.match((await podnet("permissions --cluster shop")).stderr, /--region: is missing\./);
    assert.match(
      (await podnet("permissions prod --region us-west-2")).stderr,
      /--region: can't be given together with environment "prod"/,
    );
    assert.match(
      (await podnet(`${shop} --format rbac --json`)).stderr,
      /--format: "rbac" and --json can't both be printed\./,
    );
    assert.match(
      (await podnet(`${shop} --step up,down`)).stderr,
      /--step: "down" is not a choice\.\n +-> Give some of preflight, preview, up, rotate, rollback, verify\./,
    );
  });

  describe("of an environment", () => {
    let folder: string;
    let files: Readonly<Record<string, string>>;
    before(() => {
      folder = temporaryFolder();
      mkdirSync(join(folder, "stacks"));
      writeFileSync(
        join(folder, "Pulumi.yaml"),
        "name: eks-pod-network\nruntime: nodejs\nstackConfigDir: stacks\n",
      );
      const role = "arn:aws:iam::123456789012:role/nodes";
      writeFileSync(
        join(folder, "stacks", "Pulumi.prod.yaml"),
        `config:
  eks-pod-network:clusterName: shop
  eks-pod-network:podCidrs: ["100.64.0.0/16"]
  eks-pod-network:cni: { mode: addOn }
  eks-pod-network:workerGroups: [{ name: new, replaces: [], nodeRoleArn: "${role}" }]
`,
      );
      const file = `environments:
  - { name: prod, region: us-west-2, account: "123456789012", rotation: { removeLeakedEnis: true } }
`;
      files = { [join(folder, "stacks", "environments.yaml")]: file };
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });

    it("are what its stack and its rotation take, by its account and its roles", async () => {
      const { code, json } = await podnetJson(`permissions prod --work-dir ${folder}`, files);
      assert.equal(code, 0);
      const { environment, cluster, iam, rbac, steps } = json as {
        readonly environment: string;
        readonly cluster: string;
        readonly iam: { readonly Statement: readonly Statement[] };
        readonly rbac: { readonly kind: string; readonly items: readonly { readonly kind: string }[] };
        readonly steps: readonly { readonly step: string }[];
      };
      assert.deepEqual([environment, cluster, rbac.kind, rbac.items.length], ["prod", "shop", "List", 4]);
      assert.equal(steps.length, 6);
      const resourceOf = (sid: string) => iam.Statement.find(({ Sid }) => Sid === sid)?.Resource;
      assert.equal(resourceOf("Cluster"), "arn:aws:eks:us-west-2:123456789012:cluster/shop");
      assert.equal(resourceOf("PassNodeRole"), "arn:aws:iam::123456789012:role/nodes");
      const actions = iam.Statement.flatMap(({ Action }) => Action);
      assert.ok(actions.includes("ec2:DeleteNetworkInterface"));
      assert.ok(!actions.includes("ec2:CreateNatGateway"));
    });
  });
});
