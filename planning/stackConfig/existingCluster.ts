import { z } from "zod";
import { workerGroup } from "./workerGroup";
import {
  availabilityZone,
  byZone,
  ipv4Block,
  labels,
  listOf,
  securityGroupIds,
  setting,
  settings,
  tags,
  text,
  wholeNumber,
} from "./forms";

const podCidr = ipv4Block("an IPv4 block for pods, such as 100.64.0.0/16");

const subnetPrefixLength = wholeNumber("the size of a pod subnet as a prefix length", 16, 28);

const podGroup = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?$/)
    .describe("the name of a group of nodes: up to 45 small letters, digits and -"),
  zones: listOf(availabilityZone)
    .describe("the zones that the group has pod subnets in; every zone with nodes when left out")
    .exactOptional(),
  securityGroupIds: securityGroupIds(
    "of the group's pods; those of their nodes when left out",
  ).exactOptional(),
  subnetPrefixLength: subnetPrefixLength
    .describe(
      "the size of the group's pod subnets as a prefix length from 16 to 28; as for all when left out",
    )
    .exactOptional(),
});

const fargateProfile = z.strictObject({
  name: text("the name of the profile"),
  podExecutionRoleArn: text("the ARN of the role that Fargate runs pods with"),
  selectors: listOf(
    z.strictObject({
      namespace: text("the namespace of the pods"),
      labels: labels("labels that the pods have").exactOptional(),
    }),
  ).describe("which pods run on Fargate: at least one namespace"),
});

const cni = z.strictObject({
  mode: z
    .enum(["addOn", "daemonSet"])
    .describe("how the CNI is installed, addOn or daemonSet; as it is found when left out")
    .exactOptional(),
  adopt: z
    .boolean()
    .describe(
      "true, or false where the add-on is not there yet and is made of a self-managed DaemonSet; true when left out",
    )
    .exactOptional(),
  env: settings(
    "settings of aws-node besides those of custom networking, each a text in quotes",
  ).exactOptional(),
  initEnv: settings("settings of its init container, each a text in quotes").exactOptional(),
  addOnVersion: z
    .string()
    .regex(/^v\d+\.\d+\.\d+-eksbuild\.\d+$/)
    .describe("the version of the add-on, such as v1.23.1-eksbuild.1; the one that is there when left out")
    .exactOptional(),
  installCrd: z
    .boolean()
    .describe(
      "true, to make the definition of ENIConfig where a self-managed CNI has none; false when left out",
    )
    .exactOptional(),
});

const adopt = z.strictObject({
  cidrBlocks: listOf(podCidr).describe("blocks of podCidrs that the VPC has already").exactOptional(),
  podSubnets: listOf(
    setting(/^subnet-[0-9a-f]{8,17}$/, "the id of a subnet, such as subnet-0123456789abcdef0"),
  )
    .describe("ids of pod subnets that exist")
    .exactOptional(),
  eniConfigs: listOf(text("the name of an ENIConfig"))
    .describe("names of ENIConfigs that exist")
    .exactOptional(),
  nodeGroups: listOf(text("the name of a managed node group"))
    .describe("names of managed node groups of workerGroups that exist")
    .exactOptional(),
});

/** What the pod network of an existing cluster is made of, key by key. */
export const existingClusterConfig = z.strictObject({
  clusterName: setting(
    /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/,
    "the name of the EKS cluster: up to 100 letters, digits, - and _",
  ),
  kubeconfig: setting(
    /^[^\n{]+$/,
    "the path of a kubeconfig; KUBECONFIG holds when left out",
  ).exactOptional(),
  kubeContext: text("a context of the kubeconfig; its current one holds when left out").exactOptional(),
  podCidrs: listOf(podCidr).describe(
    "the blocks for pods, in the order in which they are used up: at least one",
  ),
  avoid: listOf(ipv4Block("an IPv4 block, such as 100.80.0.0/12"))
    .describe("further blocks that podCidrs must not overlap, such as those of networks on premises")
    .exactOptional(),
  cidrBlocksPerVpc: wholeNumber(
    "how many IPv4 blocks the VPC may have, 5 unless the quota L-83CA0A9D was raised",
    2,
    50,
  ).exactOptional(),
  subnetPrefixLength: subnetPrefixLength
    .describe(
      "the size of a pod subnet as a prefix length from 16 to 28; 19, which is 8,187 addresses, when left out",
    )
    .exactOptional(),
  zones: listOf(availabilityZone)
    .describe("the zones that get pod subnets; every zone with nodes when left out")
    .exactOptional(),
  ec2NodeClasses: listOf(text("the name of an EC2NodeClass"))
    .describe("EC2NodeClasses of Karpenter whose subnets nodes start in")
    .exactOptional(),
  podGroups: listOf(podGroup)
    .describe("groups of nodes whose pods have subnets and security groups of their own")
    .exactOptional(),
  securityGroupIds: securityGroupIds("of pods; those of their nodes when left out").exactOptional(),
  egress: z
    .enum(["nodes", "natPerZone", "singleNat"])
    .describe(
      "how pods leave the VPC: by the nodes' route tables (nodes), or NAT gateways of their own (natPerZone, singleNat); nodes when left out",
    )
    .exactOptional(),
  routeTableIds: byZone(/^rtb-[0-9a-f]{8,17}$/, "the id of a route table")
    .describe("the route table of the pod subnets by zone; that of a node subnet of the zone when left out")
    .exactOptional(),
  publicSubnetIds: byZone(/^subnet-[0-9a-f]{8,17}$/, "the id of a public subnet")
    .describe(
      "by zone the public subnet for a NAT gateway; one with a route to the internet gateway when left out",
    )
    .exactOptional(),
  tags: tags("of the pod subnets and of what they need").exactOptional(),
  cniRoleTag: z
    .boolean()
    .describe("true, for the tag kubernetes.io/role/cni on the pod subnets; false when left out")
    .exactOptional(),
  prefixReservations: z
    .boolean()
    .describe("true, to keep the pod subnets free for whole prefixes (/28); false when left out")
    .exactOptional(),
  fargateProfile: fargateProfile
    .describe("a Fargate profile in the pod subnets: name, podExecutionRoleArn, selectors")
    .exactOptional(),
  cni: cni.describe("the CNI: mode, adopt, env, initEnv, addOnVersion, installCrd").exactOptional(),
  workerGroups: listOf(workerGroup)
    .describe("new workers, in every zone with nodes; none when left out")
    .exactOptional(),
  adopt: adopt
    .describe("what exists already and is taken over: cidrBlocks, podSubnets, eniConfigs, nodeGroups")
    .exactOptional(),
  force: listOf(
    z
      .enum(["zone-without-eniconfig", "pod-subnet-in-use", "custom-networking-off"])
      .describe("the name of a refusal: zone-without-eniconfig, pod-subnet-in-use, custom-networking-off"),
  )
    .describe("refusals that are not to hold, by their names")
    .exactOptional(),
});
