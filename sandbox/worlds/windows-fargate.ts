import { setTimeout as sleep } from "node:timers/promises";
import { CreateFargateProfileCommand, waitUntilFargateProfileActive } from "@aws-sdk/client-eks";
import { CoreV1Api } from "@kubernetes/client-node";
import { makePlainGroup } from "./autoScalingGroup";
import type { Clients } from "./clients";
import { makeRole } from "./cluster";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "windows-fargate";
const FARGATE_NAMESPACE = "reports";

/** What eksctl writes for a self-managed group of Windows nodes. */
const WINDOWS_USER_DATA = `<powershell>
[string]$EKSBootstrapScriptFile = "$env:ProgramFiles\\Amazon\\EKS\\Start-EKSBootstrap.ps1"
& $EKSBootstrapScriptFile -EKSClusterName "${NAME}" -KubeletExtraArgs "--node-labels=workload=windows --register-with-taints=os=windows:NoSchedule"
</powershell>
`;

/** A cluster with nodes that custom networking does not reach: one of Windows, and those that Fargate makes for its pods. */
export const buildWindowsFargateWorld: WorldBuilder = async (outside) => {
  const { log, signal } = outside;
  const { clients, network } = await buildOrdinaryCluster({ name: NAME }, outside);
  const subnetIds = network.privateSubnetIds;
  log("an Auto Scaling group of 1 x m5.large with Windows, and a Fargate profile");
  await makePlainGroup(clients, {
    name: `${NAME}-windows`,
    clusterName: NAME,
    subnetIds: subnetIds.slice(0, 1),
    size: 1,
    maxSize: 3,
    labels: {},
    userData: WINDOWS_USER_DATA,
    imageName: "Windows_Server-2016-English-Full-Base-*",
  });
  await makeFargateProfile(clients, subnetIds);
  await waitForFargate(clients, signal);
  await runWorkloads(
    { files: ["system.workloads.yaml", "windows-fargate.workloads.yaml"], nodes: 4 },
    clients,
    outside,
  );
};

async function makeFargateProfile({ eks, iam, soon }: Clients, subnets: readonly string[]): Promise<void> {
  const fargateProfileName = "reports";
  await eks.send(
    new CreateFargateProfileCommand({
      clusterName: NAME,
      fargateProfileName,
      podExecutionRoleArn: await makeRole(iam, `${NAME}-pods`, "eks-fargate-pods.amazonaws.com"),
      subnets: [...subnets],
      selectors: [{ namespace: FARGATE_NAMESPACE, labels: { compute: "fargate" } }],
    }),
  );
  await waitUntilFargateProfileActive(soon, { clusterName: NAME, fargateProfileName });
}

/** Pods that are made before the API server knows the profile stay what they are: nobody's on Fargate. */
async function waitForFargate({ kubeConfig }: Clients, signal: AbortSignal | undefined): Promise<void> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: FARGATE_NAMESPACE } } });
  const deadline = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    const { spec } = await core.createNamespacedPod({
      namespace: FARGATE_NAMESPACE,
      dryRun: "All",
      body: {
        metadata: { name: "probe", labels: { compute: "fargate" } },
        spec: { containers: [{ name: "probe", image: "probe" }] },
      },
    });
    if (spec?.schedulerName === "fargate-scheduler") return;
    if (Date.now() > deadline) {
      throw new Error(`pods of the namespace ${FARGATE_NAMESPACE} are not given to Fargate's scheduler`);
    }
    await sleep(200, undefined, signal === undefined ? {} : { signal });
  }
}

const KNOWN_WITHIN_MS = 60_000;
