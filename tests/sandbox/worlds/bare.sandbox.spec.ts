import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  StorageV1Api,
} from "@kubernetes/client-node";
import { RunInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateClusterCommand, DeleteClusterCommand, UpdateClusterConfigCommand } from "@aws-sdk/client-eks";
import { stringify } from "yaml";
import { setEnv } from "../../../sandbox/worlds/setEnv";
import { eventually } from "../../automation/rotation/podNetwork";
import { podnetProcess } from "../../support/podnetProcess";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { temporaryFolder } from "../../support/temporaryFolder";
import { exitOf, isReady, WorldView, zoneOf } from "./worldView";

describe("the world bare", function () {
  this.timeout(180_000);
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
          "podnet up needs ec2:CreateSubnet, eks:UpdateNodegroupConfig, iam:PassRole of arn:aws:iam::123456789012:role/bare-node",
          "podnet rotate needs eks:UpdateNodegroupConfig",
          "podnet rollback needs eks:UpdateNodegroupConfig",
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
      const looker = new KubeConfig();
      looker.loadFromFile(kubeconfig);
      await eventually("the API server heeds the binding", () =>
        looker
          .makeApiClient(CoreV1Api)
          .listNamespacedPod({ namespace })
          .then(
            () => true,
            () => false,
          ),
      );

      const { findings, notRun } = await preflightOf(record(), { kubeconfig });
      const [finding] = findings.filter(({ id }) => id === "RBAC-MISSING");
      assert.equal(
        finding?.title,
        "user system:serviceaccount:default:looker may not do 24 things that are needed",
      );
      const [preview, , rotate] = finding.evidence;
      // Which owners nodes have is not seen either, so that what only Karpenter needs is missing as well.
      assert.equal(
        preview,
        "podnet preview needs list nodes, list persistentvolumes, get eniconfigs.crd.k8s.amazonaws.com, list eniconfigs.crd.k8s.amazonaws.com, get ec2nodeclasses.karpenter.k8s.aws, get leases.coordination.k8s.io eks-pod-network-rotation in kube-system",
      );
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

    it("is told of a cluster autoscaler that would change groups, and of one that would not know the new ones", async () => {
      const named = { namespace: "kube-system", name: "cluster-autoscaler" };
      const labels = { app: named.name };
      const deployment = (args: string[]) => ({
        metadata: { name: named.name },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                { ...{ name: "c", args }, image: "registry.k8s.io/autoscaling/cluster-autoscaler:v1.36.0" },
              ],
            },
          },
        },
      });
      const found = async () => findingsOf(await preflightOf(record()), "CLUSTER-AUTOSCALER");
      await world.apps.createNamespacedDeployment({
        ...named,
        body: deployment(["--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled"]),
      });
      const title = "the cluster autoscaler (kube-system/cluster-autoscaler) changes groups on its own";
      const mayEnd =
        "It may end new workers while they are still empty, and grow an old group for a pod that waits.";
      const stop =
        "Stop it for the rotation: kubectl scale --namespace kube-system deployment/cluster-autoscaler --replicas 0";
      const id = "CLUSTER-AUTOSCALER";
      assert.deepEqual(await found(), [{ id, level: "warn", title, evidence: [mayEnd], wayOut: `${stop}.` }]);
      await world.apps.replaceNamespacedDeployment({
        ...named,
        body: deployment(["--nodes=1:5:eks-general"]),
      });
      assert.deepEqual(await found(), [
        {
          ...{ id, level: "warn", title },
          evidence: [mayEnd, "Its groups are listed by --nodes: it would not know the new ones."],
          wayOut: `${stop}; then list the new groups in --nodes.`,
        },
      ]);
      await world.apps.patchNamespacedDeploymentScale(
        { ...named, body: { spec: { replicas: 0 } } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
      assert.deepEqual(await found(), []);
      await world.apps.deleteNamespacedDeployment(named);
    });

    it("is told of a setting that somebody has chosen and that would change", async () => {
      const cni = { env: { AWS_VPC_K8S_CNI_LOGLEVEL: "DEBUG", WARM_ENI_TARGET: "1" } };
      assert.deepEqual(findingsOf(await preflightOf(record(), { cni }), "CNI-CHANGES"), [
        {
          id: "CNI-CHANGES",
          level: "warn",
          title: 'AWS_VPC_K8S_CNI_LOGLEVEL goes from "INFO" to "DEBUG"',
          evidence: ["The field manager kubectl-set holds it; CNI v1.23.1-eksbuild.1."],
          wayOut: "Leave it out of cni.env where that is not meant.",
        },
      ]);
    });

    it("is told of a public endpoint that goes by addresses", async () => {
      const admit = (publicAccessCidrs: string[]) =>
        world.eks.send(
          new UpdateClusterConfigCommand({ name: "bare", resourcesVpcConfig: { publicAccessCidrs } }),
        );
      await admit(["203.0.113.0/24", "198.51.100.7/32"]);
      assert.deepEqual(findingsOf(await preflightOf(record()), "ENDPOINT-CIDRS"), [
        {
          id: "ENDPOINT-CIDRS",
          level: "warn",
          title: "the public endpoint admits 203.0.113.0/24, 198.51.100.7/32 alone",
          evidence: [
            "Pods that speak to it come from the address of their NAT gateway, also from the pod subnets.",
          ],
          wayOut:
            "Where pod subnets get NAT gateways of their own, add their addresses to publicAccessCidrs, or turn on the private endpoint.",
        },
      ]);
      await admit(["0.0.0.0/0"]);
      assert.deepEqual(findingsOf(await preflightOf(record()), "ENDPOINT-CIDRS"), []);
    });

    it("is told of a kubeconfig that leads to another cluster", async () => {
      const [instance] = await world.instances();
      const subnetIds = (await world.cluster()).resourcesVpcConfig?.subnetIds ?? [];
      const roleArn = "arn:aws:iam::123456789012:role/cluster";
      await world.eks.send(
        new CreateClusterCommand({ name: "other", roleArn, resourcesVpcConfig: { subnetIds } }),
      );
      const { Instances: [own] = [] } = await world.ec2.send(
        new RunInstancesCommand({
          ...{ MinCount: 1, MaxCount: 1, InstanceType: "m5.large", SubnetId: subnetIds[0] },
          ImageId: instance?.ImageId,
          TagSpecifications: [
            { ResourceType: "instance", Tags: [{ Key: "kubernetes.io/cluster/other", Value: "owned" }] },
          ],
        }),
      );
      const found = await preflightOf({ ...record(), clusterName: "other" });
      const [finding, ...others] = findingsOf(found, "OTHER-CLUSTER");
      assert.deepEqual(others, []);
      assert.equal(finding?.level, "stop");
      assert.equal(
        finding.title,
        "the kubeconfig leads to another cluster than other: none of its nodes is an instance of other",
      );
      const nodes = (await world.core.listNode()).items.map(({ metadata }) => metadata?.name);
      assert.deepEqual(finding.evidence, [
        `Its nodes: ${nodes.join(", ")}`,
        `Instances with the tag kubernetes.io/cluster/other: ${own?.InstanceId}`,
      ]);
      assert.equal(
        finding.wayOut,
        "Choose its context (--kube-context), or write one: aws eks update-kubeconfig --name other",
      );
      await world.ec2.send(new TerminateInstancesCommand({ InstanceIds: [own?.InstanceId ?? ""] }));
      await world.eks.send(new DeleteClusterCommand({ name: "other" }));
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
      // In lines as wide as a terminal's.
      assert.match(
        stdout,
        /^dev {2}eks\/bare {2}us-west-2 {2}VPC vpc-\w+ \(10\.8\.0\.0\/16\) {2}pods in 198\.19\.0\.0\/16\s+\d+ stop, /,
      );
      assert.match(stdout, /^STOP {2}POD-CIDR +198\.19\.0\.0\/16 can't be added to vpc-/m);
      assert.doesNotMatch(stdout, /POD-NO-NODE/);
      const file = join(folder, "stacks", "environments.yaml");
      const found = stdout.replaceAll(/\s+/g, " ");
      assert.ok(found.includes(`Accepted, and not found any more: PDB-NEVER (${file}:5).`), stdout);
      assert.equal(code, 1);

      write("stacks/environments.yaml", [...environments, "      - POD-CIDR", ""].join("\n"));
      const accepting = run().stdout;
      assert.doesNotMatch(accepting, /^STOP {2}POD-CIDR/m);
      assert.ok(accepting.includes(`Accepted earlier: POD-CIDR (${file}:5).`), accepting);
      rmSync(folder, { recursive: true });
    });

    it("is told of nodes whose trunk takes the place of an ENI for pods", async () => {
      await setEnv(world.kubeConfig, { ENABLE_POD_ENI: "true" });
      await eventually("all nodes have a trunk", async () => {
        const { items } = await world.core.listNode({
          labelSelector: "vpc.amazonaws.com/has-trunk-attached",
        });
        return items.length === 3;
      });
      assert.deepEqual(findingsOf(await preflightOf(record()), "TRUNK-ENI"), [
        {
          id: "TRUNK-ENI",
          level: "warn",
          title: "m5.large has addresses for 9 pods beside its trunk, and may run 20",
          evidence: [
            "3 nodes of the type have a trunk (ENABLE_POD_ENI); of 3 ENIs 1 are left for pods without a security group of their own. Those that the scheduler puts there beyond that stay in ContainerCreating.",
          ],
          wayOut:
            "Set maxPods of the new worker groups to what is left, take a larger type, set ENABLE_PREFIX_DELEGATION, or turn ENABLE_POD_ENI off where no SecurityGroupPolicy is used.",
        },
      ]);
    });
  });
});
