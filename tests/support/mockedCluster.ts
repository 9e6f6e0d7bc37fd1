import { mergeConfigurationValues } from "../../planning/awsNode/merge";
import type { ClusterFacts } from "../../planning/podNetwork/clusterFacts";
import { awsNodeDaemonSet, entries } from "./awsNodeDaemonSet";
import { mockedAws } from "./mockedAws";
import type { MockedOutside } from "./pulumiMocks";

/** An outside in which a cluster is as given. Its aws-node is as the add-on has it, with what is asked for besides. */
export function mockedCluster(
  facts: ClusterFacts,
  asked: Readonly<Record<string, string>> = {
    AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
    ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
  },
): MockedOutside {
  const { env } = mergeConfigurationValues(facts.vpcCni?.configurationValues, { env: {}, initEnv: {} });
  const awsNode = (values: Readonly<Record<string, string>>) => ({
    ...awsNodeDaemonSet({ env: entries(values), heldBy: { eks: Object.keys(values) } }),
  });
  const daemonSet = "kubernetes:apps/v1:DaemonSet kube-system/aws-node";
  return {
    invokes: mockedAws(facts),
    existing: {
      [`${daemonSet} as pods-live`]: awsNode(env),
      [`${daemonSet} as pods-rolled-out`]: awsNode({ ...env, ...asked }),
      ...Object.fromEntries(
        facts.nodeClasses.map(({ name, subnetIds }) => [
          `kubernetes:karpenter.k8s.aws/v1:EC2NodeClass ${name}`,
          { metadata: { name }, status: { subnets: subnetIds.map((id) => ({ id })) } },
        ]),
      ),
    },
  };
}
