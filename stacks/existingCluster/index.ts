import { Provider } from "@pulumi/kubernetes/provider";
import { PodNetwork } from "../../components";
import { readStackConfig } from "../../components/stackConfig";
import { existingClusterConfig } from "../../planning/stackConfig/existingCluster";

/** The pod network of a cluster that exists. What it is, is said in Pulumi.STACK.yaml. */
export = () => {
  const { kubeconfig, kubeContext, ...podNetwork } = readStackConfig(existingClusterConfig);
  const kubernetes = new Provider("cluster", {
    // Left out, the SDK writes what KUBECONFIG is now into the stack's state: whoever takes the stack back or looks for drift,
    // on another machine or as somebody else, would work with that file. Empty, the plugin takes theirs.
    kubeconfig: kubeconfig ?? "",
    ...(kubeContext !== undefined && { context: kubeContext }),
  });
  const { summary } = new PodNetwork("pod-network", podNetwork, { providers: { kubernetes } });
  return { podNetwork: summary };
};
