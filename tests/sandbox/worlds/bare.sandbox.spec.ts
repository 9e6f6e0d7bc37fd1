import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  StorageV1Api,
} from "@kubernetes/client-node";
import { stringify } from "yaml";
import { eventually } from "../../automation/rotation/podNetwork";
import { podnetProcess } from "../../support/podnetProcess";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { temporaryFolder } from "../../support/temporaryFolder";
import { exitOf, isReady, WorldView, zoneOf } from "./worldView";

describe("the world bare", function () {
  this.timeout(60_000);
  const { record, env } = sandboxFixture("bare");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has one Ready node in each of three zones, with the pods of an m5.large", async () => {
    assert.deepEqual(await world.nodes(), [
      "us-west-2a Ready 29",
      "us-west-2b Ready 29",
      "us-west-2c Ready 29",
    ]);
  });

  it("runs aws-node and nothing else", async () => {
    const { items } = await world.core.listPodForAllNamespaces();
    assert.equal(items.length, 3);
    for (const { metadata } of items) assert.equal(metadata?.labels?.["k8s-app"], "aws-node");
  });

  it("has the CNI as managed add-on, and one variable that somebody set by hand", async () => {
    const addOn = await world.vpcCni();
    assert.deepEqual([addOn.status, addOn.addonVersion], ["ACTIVE", "v1.23.1-eksbuild.1"]);
    assert.equal(
      (JSON.parse(addOn.configurationValues ?? "{}") as { env: Record<string, string> }).env
        .AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS,
      "172.31.0.0/16",
    );
    assert.deepEqual(await world.variablesOf("kubectl-set"), ["AWS_VPC_K8S_CNI_LOGLEVEL"]);
  });

  it("has a route table with a NAT gateway for each node subnet", async () => {
    const tables = (await world.routeTables()).filter((table) => exitOf(table) === "nat");
    const associated = tables.map(({ Associations = [] }) => Associations.map(({ SubnetId }) => SubnetId));
    const nodeSubnets = new Set((await world.instances()).map(({ SubnetId }) => SubnetId));
    assert.equal(nodeSubnets.size, 3);
    assert.deepEqual(
      associated.map((ids) => ids.length),
      [1, 1, 1],
    );
    assert.deepEqual(new Set(associated.flat()), nodeSubnets);
  });

  describe("looked at before anything is changed", () => {
    it("has nothing that stops a migration", async () => {
      const { findings, notRun } = await preflightOf(record());
      assert.deepEqual(
        findings.filter(({ level }) => level === "stop"),
        [],
      );
      assert.deepEqual(notRun, []);
    });

    describe("by a caller who may not do everything in AWS", () => {
      const faults = (method: string, rule?: object) =>
        fetch(`${record().awsEndpoint}/_sandbox/faults`, {
          method,
          ...(rule !== undefined && { body: JSON.stringify(rule) }),
        });
      const deny = async (action: string) => {
        assert.equal((await faults("POST", { kind: "access-denied", action })).status, 200);
      };
      afterEach(() => faults("DELETE"));
      const missing = async () => findingsOf(await preflightOf(record()), "IAM-MISSING");

      it("is told each action that is missing, by the step that takes it", async () => {
        await deny("ec2:CreateSubnet");
        await deny("eks:UpdateNodegroupConfig");
        await deny("iam:PassRole");
        const [finding, ...others] = await missing();
        assert.equal(finding?.level, "stop");
        assert.match(
          finding.title,
          /^arn:aws:sts::123456789012:user\/\S+ may not do 3 things that are needed$/,
        );
        assert.deepEqual(finding.evidence, [
          "podnet up needs ec2:CreateSubnet, iam:PassRole of arn:aws:iam::123456789012:role/bare-node",
          "podnet rotate needs eks:UpdateNodegroupConfig",
          "Found out by iam:SimulatePrincipalPolicy.",
        ]);
        assert.deepEqual(others, []);
      });

      it("learns of EC2 by dry runs where the simulator may not be asked, and makes nothing", async () => {
        const before = (await world.subnets()).length;
        await deny("iam:SimulatePrincipalPolicy");
        const { notRun } = await preflightOf(record());
        assert.match(
          notRun.find(({ id }) => id === "IAM-MISSING")?.why ?? "",
          /by dry runs it may ec2:CreateSubnet, ec2:CreateTags, of the others nothing is known$/,
        );
        await deny("ec2:CreateTags");
        const [finding] = await missing();
        assert.deepEqual(finding?.evidence, [
          "podnet up needs ec2:CreateTags",
          "Found out by a dry run of EC2.",
        ]);
        assert.equal((await world.subnets()).length, before);
      });

      it("says what it did not see where it may not look", async () => {
        await deny("ec2:DescribeSecurityGroups");
        const { notRun, passed } = await preflightOf(record());
        assert.match(
          notRun.find(({ id }) => id === "SG-INGRESS")?.why ?? "",
          /^the security groups of the VPC: You are not authorized/,
        );
        assert.ok(passed.includes("NACL"));
      });
    });

    it("by a user of the cluster who may only look, is told each verb that is missing", async () => {
      const namespace = "default";
      const name = "looker";
      const kubeconfig = join(temporaryFolder(), "kubeconfig");
      await world.core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
      await world.kubeConfig.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
        body: {
          metadata: { name },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
          subjects: [{ kind: "ServiceAccount", namespace, name }],
        },
      });
      const { status } = await world.core.createNamespacedServiceAccountToken({
        ...{ namespace, name },
        body: { spec: { audiences: [] } },
      });
      const config = JSON.parse(world.kubeConfig.exportConfig()) as { users: object[] };
      const users = config.users.map((user) => ({ ...user, user: { token: status?.token } }));
      writeFileSync(kubeconfig, stringify({ ...config, users }));

      const { findings, notRun } = await preflightOf(record(), { kubeconfig });
      const [finding] = findings.filter(({ id }) => id === "RBAC-MISSING");
      assert.equal(
        finding?.title,
        "user system:serviceaccount:default:looker may not do 15 things that are needed",
      );
      const [preview, , rotate] = finding.evidence;
      assert.equal(preview, "podnet preview needs get eniconfigs.crd.k8s.amazonaws.com");
      assert.match(rotate ?? "", /^podnet rotate needs .*patch nodes, .*create pods\/eviction, /);
      // The role view sees pods, and no nodes.
      assert.ok(notRun.some(({ id, why }) => id === "PDB-NEVER" && /cannot list resource "nodes"/.test(why)));
      rmSync(kubeconfig);
    });

    it("is told of pods that would find no node, by a label of one's own and by a volume", async () => {
      const namespace = "default";
      const app = "store";
      const [node] = (await world.core.listNode()).items;
      assert.ok(node?.metadata?.name !== undefined);
      const zone = zoneOf(node);
      await world.core.patchNode(
        { name: node.metadata.name, body: { metadata: { labels: { disk: "ssd" } } } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
      await world.kubeConfig.makeApiClient(StorageV1Api).createStorageClass({
        body: {
          metadata: { name: "gp3" },
          provisioner: "ebs.csi.aws.com",
          volumeBindingMode: "WaitForFirstConsumer",
        },
      });
      const labels = { app };
      const storage = { resources: { requests: { storage: "1Gi" } }, accessModes: ["ReadWriteOnce"] };
      await world.apps.createNamespacedStatefulSet({
        namespace,
        body: {
          metadata: { name: app },
          spec: {
            serviceName: app,
            selector: { matchLabels: labels },
            template: {
              metadata: { labels },
              spec: {
                nodeSelector: { disk: "ssd" },
                containers: [
                  { name: app, image: "store", volumeMounts: [{ name: "data", mountPath: "/data" }] },
                ],
              },
            },
            volumeClaimTemplates: [
              { metadata: { name: "data" }, spec: { ...storage, storageClassName: "gp3" } },
            ],
          },
        },
      });
      await eventually("the store is Ready", async () => {
        const [pod] = await world.podsOf(namespace, app);
        return pod !== undefined && isReady(pod);
      });

      const copied = await preflightOf(record());
      assert.deepEqual(
        findingsOf(copied, "POD-NO-NODE").map(({ title }) => title),
        ["StatefulSet default/store would find no node: it needs label disk=ssd"],
      );
      const group = { name: "pods", replaces: ["general"], like: "general", labels: { disk: "ssd" } };
      const labelled = await preflightOf(record(), { workerGroups: [group] });
      assert.deepEqual(findingsOf(labelled, "POD-NO-NODE"), []);
      assert.deepEqual(findingsOf(labelled, "VOLUME-PLACE"), []);

      const zones = ["us-west-2a", "us-west-2b", "us-west-2c"].filter((one) => one !== zone);
      const elsewhere = await preflightOf(record(), { workerGroups: [group], zones });
      const [finding, ...others] = findingsOf(elsewhere, "VOLUME-PLACE");
      assert.equal(finding?.title, "default/store-0 would find no node that reaches its volumes");
      assert.match(
        finding.evidence[0] ?? "",
        new RegExp(`claim default/data-store-0 asks for a node with .*=${zone}\\.$`),
      );
      assert.deepEqual(others, []);
    });

    it("is looked at as an environment, by its stack's configuration and what it has accepted", () => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, "stacks"));
      const write = (path: string, text: string) => {
        writeFileSync(join(folder, path), text);
      };
      write("Pulumi.yaml", "name: eks-pod-network\nruntime: nodejs\nstackConfigDir: stacks\n");
      write(
        "stacks/Pulumi.dev.yaml",
        stringify({
          config: {
            "eks-pod-network:clusterName": "bare",
            "eks-pod-network:podCidrs": ["198.19.0.0/16"],
            "eks-pod-network:workerGroups": [
              { name: "pods", replaces: ["general"], like: "general", labels: { disk: "ssd" } },
            ],
          },
        }),
      );
      const environments = ["environments:", "  - name: dev", "    region: us-west-2", "    accept:"];
      write("stacks/environments.yaml", [...environments, "      - PDB-NEVER", ""].join("\n"));
      const run = () => podnetProcess(["preflight", "dev", "--work-dir", folder], { env: env() });

      const { code, stdout } = run();
      const [heading = ""] = stdout.split("\n");
      assert.match(
        heading,
        /^dev {2}eks\/bare {2}us-west-2 {2}VPC vpc-\w+ \(10\.8\.0\.0\/16\) {2}pods in 198\.19\.0\.0\/16 {2}\d+ stop, /,
      );
      assert.match(stdout, /^STOP {2}POD-CIDR +198\.19\.0\.0\/16 can't be added to vpc-/m);
      assert.doesNotMatch(stdout, /POD-NO-NODE/);
      const file = join(folder, "stacks", "environments.yaml");
      assert.ok(stdout.includes(`Accepted, and not found any more: PDB-NEVER (${file}:5).`), stdout);
      assert.equal(code, 1);

      write("stacks/environments.yaml", [...environments, "      - POD-CIDR", ""].join("\n"));
      const accepting = run().stdout;
      assert.doesNotMatch(accepting, /^STOP {2}POD-CIDR/m);
      assert.ok(accepting.includes(`Accepted earlier: POD-CIDR (${file}:5).`), accepting);
      rmSync(folder, { recursive: true });
    });
  });
});
