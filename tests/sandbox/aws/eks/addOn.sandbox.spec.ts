import assert from "node:assert/strict";
import {
  CreateAddonCommand,
  DeleteAddonCommand,
  DescribeAddonCommand,
  DescribeAddonConfigurationCommand,
  DescribeAddonVersionsCommand,
  DescribeUpdateCommand,
  ListAddonsCommand,
  UpdateAddonCommand,
  type Addon,
  type UpdateAddonCommandInput,
} from "@aws-sdk/client-eks";
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1DaemonSet,
  type V1Pod,
} from "@kubernetes/client-node";
import { controlPlaneFixture } from "../../../support/sandbox";
import { eventually } from "../support/eventually";
import { frontFixture } from "../support/frontFixture";
import { makeSmallCluster } from "../support/smallCluster";

describe("the add-on vpc-cni of the emulated EKS", function () {
  this.timeout(120_000);
  const { controlPlane } = controlPlaneFixture();
  const aws = frontFixture({ pace: { rolloutStallMs: 5_000, driftMs: 500 } }, controlPlane);
  const name = { clusterName: "small", addonName: "vpc-cni" };
  let apps: AppsV1Api;
  let core: CoreV1Api;
  let custom: CustomObjectsApi;
  before(async () => {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane().kubeconfig);
    apps = config.makeApiClient(AppsV1Api);
    core = config.makeApiClient(CoreV1Api);
    custom = config.makeApiClient(CustomObjectsApi);
    await makeSmallCluster(aws());
  });

  const awsNode = () => apps.readNamespacedDaemonSet({ name: "aws-node", namespace: "kube-system" });
  const containerOf = (daemonSet: V1DaemonSet) =>
    daemonSet.spec?.template.spec?.containers.find((one) => one.name === "aws-node");
  const env = async () =>
    Object.fromEntries((containerOf(await awsNode())?.env ?? []).map((one) => [one.name, one.value]));
  const describeAddOn = async (): Promise<Addon> =>
    (await aws().eks.send(new DescribeAddonCommand(name))).addon ?? {};
  const inStatus = (status: string) => eventually(describeAddOn, (addOn) => addOn.status === status);
  /** Updates, and answers the update when it is over. */
  const update = async (input: Omit<UpdateAddonCommandInput, "clusterName" | "addonName">) => {
    const { eks } = aws();
    const begun = await eks.send(new UpdateAddonCommand({ ...name, ...input }));
    assert.equal(begun.update?.status, "InProgress");
    const { update: ended } = await eventually(
      () =>
        eks.send(
          new DescribeUpdateCommand({ name: "small", addonName: "vpc-cni", updateId: begun.update?.id }),
        ),
      (answer) => answer.update?.status !== "InProgress",
    );
    return ended;
  };
  const values = (configuration: object) => JSON.stringify(configuration);
  /** As `kubectl set env` does it. */
  const setEnv = (variables: Record<string, string>) => {
    const list = Object.entries(variables).map(([key, value]) => ({ name: key, value }));
    return apps.patchNamespacedDaemonSet(
      {
        name: "aws-node",
        namespace: "kube-system",
        fieldManager: "kubectl-set",
        body: { spec: { template: { spec: { containers: [{ name: "aws-node", env: list }] } } } },
      },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
  };
  const eniConfigNames = async () => {
    const listed = (await custom.listClusterCustomObject({
      group: "crd.k8s.amazonaws.com",
      version: "v1alpha1",
      plural: "eniconfigs",
    })) as { items: { metadata: { name: string }; spec: object }[] };
    return listed.items.map((one) => one.metadata.name);
  };

  it("is not there until it is made", async () => {
    await assert.rejects(describeAddOn(), {
      name: "ResourceNotFoundException",
      message: "No addon: vpc-cni found in cluster: small",
    });
  });

  it("refuses values that its schema doesn't know, and versions that aren't there", async () => {
    const { eks } = aws();
    await assert.rejects(
      eks.send(new CreateAddonCommand({ ...name, configurationValues: values({ env: { WARM_IPS: "1" } }) })),
      { name: "InvalidParameterException", message: /\$\.env\.WARM_IPS: is not defined in the schema/ },
    );
    await assert.rejects(eks.send(new CreateAddonCommand({ ...name, addonVersion: "v1.1.1-eksbuild.1" })), {
      name: "InvalidParameterException",
      message: "Addon version specified is not supported",
    });
  });

  /** Values that change the DaemonSet, and name an ENIConfig that no API server takes. */
  const refusedValues = values({
    env: { WARM_IP_TARGET: "7" },
    eniConfig: { create: true, region: "us-west-2", subnets: { us_west_2a: { id: "subnet-0a" } } },
  });
  const refusal = /^ENIConfig us_west_2a - .*metadata\.name: Invalid value: "us_west_2a"/;

  it("is not made with an ENIConfig that the API server refuses, also where the kind is new", async () => {
    const { eks } = aws();
    await eks.send(
      new CreateAddonCommand({ ...name, configurationValues: refusedValues, resolveConflicts: "OVERWRITE" }),
    );
    const { health } = await inStatus("CREATE_FAILED");
    assert.equal(health?.issues?.[0]?.code, "AdmissionRequestDenied");
    assert.match(health.issues[0].message ?? "", refusal);
    assert.deepEqual((await apps.listNamespacedDaemonSet({ namespace: "kube-system" })).items, []);
    await eks.send(new DeleteAddonCommand(name));
    await eventually(
      () => eks.send(new ListAddonsCommand({ clusterName: "small" })),
      ({ addons }) => addons?.length === 0,
    );
  });

  it("writes the DaemonSet, its account, rights and definitions as manager eks", async () => {
    await aws().eks.send(
      new CreateAddonCommand({
        ...name,
        configurationValues: values({ env: { WARM_IP_TARGET: "2", MINIMUM_IP_TARGET: "4" } }),
        tags: { team: "platform" },
      }),
    );
    const addOn = await inStatus("ACTIVE");
    assert.equal(addOn.addonVersion, "v1.23.1-eksbuild.1");
    assert.deepEqual(addOn.tags, { team: "platform" });

    const daemonSet = await awsNode();
    assert.deepEqual(
      [
        ...new Set(daemonSet.metadata?.managedFields?.map((one) => [one.manager, one.operation].join())),
      ].filter((one) => !one.startsWith("kube-controller-manager")),
      ["eks,Apply"],
    );
    const pod = daemonSet.spec?.template.spec;
    assert.equal(daemonSet.spec?.template.metadata?.labels?.["k8s-app"], "aws-node");
    assert.deepEqual(
      pod?.containers.map((one) => one.name),
      ["aws-node", "aws-eks-nodeagent"],
    );
    assert.deepEqual(
      pod.initContainers?.map((one) => one.name),
      ["aws-vpc-cni-init"],
    );
    assert.equal(pod.hostNetwork, true);
    assert.equal(pod.priorityClassName, "system-node-critical");
    assert.deepEqual(
      pod.tolerations?.map((one) => one.operator),
      ["Exists"],
    );
    assert.equal(daemonSet.spec.updateStrategy?.rollingUpdate?.maxUnavailable, "10%");
    const variables = await env();
    assert.equal(variables.WARM_IP_TARGET, "2");
    assert.equal(variables.WARM_ENI_TARGET, "1");
    assert.equal(variables.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, "false");
    assert.equal(variables.CLUSTER_NAME, "small");
    await core.readNamespacedServiceAccount({ name: "aws-node", namespace: "kube-system" });
    assert.deepEqual(await eniConfigNames(), []);
  });

  it("can be made once", async () => {
    await assert.rejects(aws().eks.send(new CreateAddonCommand(name)), {
      name: "ResourceInUseException",
      message: "Addon already exists.",
    });
    assert.deepEqual((await aws().eks.send(new ListAddonsCommand({ clusterName: "small" }))).addons, [
      "vpc-cni",
    ]);
  });

  it("replaces all former values by an update's, and makes the ENIConfigs that they name", async () => {
    const ended = await update({
      configurationValues: values({
        env: {
          AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
          ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
        },
        eniConfig: {
          create: true,
          region: "us-west-2",
          subnets: {
            "us-west-2a": { id: "subnet-0a", securityGroups: ["sg-1"] },
            "us-west-2b": { id: "subnet-0b" },
          },
        },
      }),
    });
    assert.equal(ended?.status, "Successful");
    await inStatus("ACTIVE");
    const variables = await env();
    assert.equal(variables.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, "true");
    assert.equal(variables.ENI_CONFIG_LABEL_DEF, "topology.kubernetes.io/zone");
    assert.equal("WARM_IP_TARGET" in variables, false);
    assert.deepEqual(await eniConfigNames(), ["us-west-2a", "us-west-2b"]);
  });

  it("keeps the values when an update gives none, and goes back to the defaults with {}", async () => {
    await update({ addonVersion: "v1.22.4-eksbuild.3" });
    const kept = await inStatus("ACTIVE");
    assert.equal(kept.addonVersion, "v1.22.4-eksbuild.3");
    assert.match(kept.configurationValues ?? "", /us-west-2a/);
    assert.match(containerOf(await awsNode())?.image ?? "", /amazon-k8s-cni:v1\.22\.4-eksbuild\.3$/);
    await update({ configurationValues: "{}" });
    assert.equal((await env()).AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, "false");
    assert.deepEqual(await eniConfigNames(), []);
  });

  it("fails under NONE where somebody else set a value, and writes nothing", async () => {
    await setEnv({ WARM_ENI_TARGET: "3", MAX_ENI: "2" });
    const ended = await update({
      configurationValues: values({ env: { WARM_ENI_TARGET: "2", WARM_IP_TARGET: "5" } }),
      resolveConflicts: "NONE",
    });
    assert.equal(ended?.status, "Failed");
    assert.equal(ended.errors?.[0]?.errorCode, "ConfigurationConflict");
    assert.equal(
      ended.errors[0].errorMessage,
      "Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: " +
        'DaemonSet.apps aws-node - .spec.template.spec.containers[name="aws-node"].env[name="WARM_ENI_TARGET"].value',
    );
    const addOn = await inStatus("UPDATE_FAILED");
    assert.equal(addOn.health?.issues?.[0]?.code, "ConfigurationConflict");
    assert.equal(addOn.configurationValues, "{}");
    assert.equal("WARM_IP_TARGET" in (await env()), false);
  });

  for (const resolveConflicts of ["OVERWRITE", "PRESERVE", "NONE"] as const) {
    it(`writes nothing under ${resolveConflicts} where the API server refuses an ENIConfig`, async () => {
      const before = await awsNode();
      const ended = await update({ configurationValues: refusedValues, resolveConflicts });
      assert.equal(ended?.status, "Failed");
      assert.equal(ended.errors?.[0]?.errorCode, "AdmissionRequestDenied");
      assert.match(ended.errors[0].errorMessage ?? "", refusal);
      assert.equal((await inStatus("UPDATE_FAILED")).configurationValues, "{}");
      assert.deepEqual((await awsNode()).spec, before.spec);
    });
  }

  it("keeps what somebody else set under PRESERVE", async () => {
    const ended = await update({
      configurationValues: values({ env: { WARM_ENI_TARGET: "2", WARM_IP_TARGET: "5" } }),
      resolveConflicts: "PRESERVE",
    });
    assert.equal(ended?.status, "Successful");
    const variables = await env();
    assert.deepEqual(
      [variables.WARM_ENI_TARGET, variables.WARM_IP_TARGET, variables.MAX_ENI],
      ["3", "5", "2"],
    );
  });

  it("takes its own values back under OVERWRITE, and leaves settings that it doesn't know", async () => {
    await update({
      configurationValues: values({ env: { WARM_ENI_TARGET: "2" } }),
      resolveConflicts: "OVERWRITE",
    });
    const variables = await env();
    assert.deepEqual([variables.WARM_ENI_TARGET, variables.MAX_ENI], ["2", "2"]);
    assert.equal("WARM_IP_TARGET" in variables, false);
  });

  it("takes its own fields back in time, and leaves the environment to whoever set it", async () => {
    await setEnv({ WARM_ENI_TARGET: "5" });
    await apps.patchNamespacedDaemonSet(
      {
        name: "aws-node",
        namespace: "kube-system",
        fieldManager: "kubectl-set",
        body: {
          spec: {
            template: { spec: { containers: [{ name: "aws-node", image: "registry.local/cni:own" }] } },
          },
        },
      },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
    const corrected = await eventually(
      awsNode,
      (one) => containerOf(one)?.image !== "registry.local/cni:own",
    );
    assert.match(containerOf(corrected)?.image ?? "", /amazon-k8s-cni:v1\.22\.4-eksbuild\.3$/);
    assert.equal((await env()).WARM_ENI_TARGET, "5");
    await core.deleteNamespacedServiceAccount({ name: "aws-node", namespace: "kube-system" });
    await eventually(
      () => core.listNamespacedServiceAccount({ namespace: "kube-system" }),
      ({ items }) => items.some(({ metadata }) => metadata?.name === "aws-node"),
    );
    await update({
      configurationValues: values({ env: { WARM_ENI_TARGET: "2" } }),
      resolveConflicts: "OVERWRITE",
    });
  });

  it("is described by its versions and by the schema of its values", async () => {
    const { eks } = aws();
    const { addons } = await eks.send(
      new DescribeAddonVersionsCommand({ addonName: "vpc-cni", kubernetesVersion: "1.36" }),
    );
    const [newest] = addons?.[0]?.addonVersions ?? [];
    assert.equal(newest?.addonVersion, "v1.23.1-eksbuild.1");
    assert.equal(newest.compatibilities?.[0]?.defaultVersion, true);
    const all = await eks.send(new DescribeAddonVersionsCommand({}));
    assert.deepEqual(
      all.addons?.map(({ addonName }) => addonName),
      ["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent"],
    );
    const { configurationSchema = "{}" } = await eks.send(
      new DescribeAddonConfigurationCommand({ addonName: "vpc-cni", addonVersion: newest.addonVersion }),
    );
    assert.ok("eniConfig" in (JSON.parse(configurationSchema) as { properties: object }).properties);
  });

  it("leaves its objects when it is preserved, and takes them over again only by force", async () => {
    const { eks } = aws();
    await eks.send(new DeleteAddonCommand({ ...name, preserve: true }));
    await eventually(
      () => eks.send(new ListAddonsCommand({ clusterName: "small" })),
      ({ addons }) => addons?.length === 0,
    );
    assert.equal((await env()).WARM_ENI_TARGET, "2");
    await setEnv({ WARM_ENI_TARGET: "6" });
    await eks.send(new CreateAddonCommand({ ...name, resolveConflicts: "NONE" }));
    await inStatus("CREATE_FAILED");
    await eks.send(new DeleteAddonCommand({ ...name, preserve: true }));
    await eventually(
      () => eks.send(new ListAddonsCommand({ clusterName: "small" })),
      ({ addons }) => addons?.length === 0,
    );
    await eks.send(new CreateAddonCommand({ ...name, resolveConflicts: "OVERWRITE" }));
    await inStatus("ACTIVE");
    assert.equal((await env()).WARM_ENI_TARGET, "1");
  });

  it("is degraded while its pods aren't ready, and active as soon as they are", async () => {
    const labels = { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" };
    const capacity = { cpu: "2", memory: "8Gi", pods: "29" };
    await core.createNode({
      body: { metadata: { name: "slow", labels }, status: { capacity, allocatable: capacity } },
    });
    await eventually(awsNode, (one) => one.status?.desiredNumberScheduled === 1);
    const ended = await update({ configurationValues: values({ env: { WARM_ENI_TARGET: "4" } }) });
    assert.equal(ended?.errors?.[0]?.errorCode, "InsufficientNumberOfReplicas");
    assert.equal((await inStatus("DEGRADED")).health?.issues?.[0]?.code, "InsufficientNumberOfReplicas");
    // Not the one before it, which is about to end.
    const isOfUpdate = ({ metadata, spec }: V1Pod) =>
      metadata?.deletionTimestamp === undefined &&
      spec?.containers.some(({ env = [] }) =>
        env.some((one) => one.name === "WARM_ENI_TARGET" && one.value === "4"),
      );
    const { items } = await eventually(
      () => core.listPodForAllNamespaces({ fieldSelector: "spec.nodeName=slow" }),
      (list) => list.items.length === 1 && list.items.every(isOfUpdate),
    );
    await core.patchNamespacedPodStatus(
      {
        name: items[0]?.metadata?.name ?? "",
        namespace: "kube-system",
        body: { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } },
      },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
    assert.deepEqual((await inStatus("ACTIVE")).health?.issues, []);
  });

  it("takes its objects with it otherwise", async () => {
    await aws().eks.send(new DeleteAddonCommand(name));
    await eventually(
      async () => (await apps.listNamespacedDaemonSet({ namespace: "kube-system" })).items.length,
      (count) => count === 0,
    );
  });
});
