import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PodNetwork, type PodNetworkArgs } from "../../components";
import type { ClusterFacts } from "../../planning/podNetwork/clusterFacts";
import { nodeSubnet, smallCluster, smallClusterAfter } from "../support/clusterFacts";
import { awsNodeDaemonSet, entries } from "../support/awsNodeDaemonSet";
import { mockedCluster } from "../support/mockedCluster";
import { record, valueOf, type MockedOutside, type Registered } from "../support/pulumiMocks";
import { without } from "../support/without";

const args: PodNetworkArgs = {
  clusterName: "small",
  podCidrs: ["100.64.0.0/16"],
  workerGroups: [{ name: "workers", replaces: ["general", "batch"], like: "general", maxSize: 4 }],
};

/** Runs the component in a cluster. */
const run = (given: Partial<PodNetworkArgs> = {}, { facts = smallCluster, opts, ...outside }: Outside = {}) =>
  record(() => new PodNetwork("pods", { ...args, ...given }, opts), { ...mockedCluster(facts), ...outside });
interface Outside extends MockedOutside {
  readonly facts?: ClusterFacts;
  readonly opts?: pulumi.ComponentResourceOptions;
}

const own = (name: string) => `eks-pod-network:index:${name}`;
const find = (resources: readonly Registered[], type: string) =>
  resources.filter((resource) => resource.type === type);
const inWords = ({ type, name }: Registered) => `${type} ${name}`;

const ENI_CONFIG = "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig";
const EVERYTHING = [
  ...["a", "b", "c"].map(
    (letter) => `aws:ec2/routeTableAssociation:RouteTableAssociation pods-us-west-2${letter}`,
  ),
  ...["a", "b", "c"].map((letter) => `aws:ec2/subnet:Subnet pods-us-west-2${letter}`),
  "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation pods-100.64.0.0-16",
  "aws:eks/addon:Addon pods",
  ...["a", "b", "c"].map((letter) => `aws:eks/nodeGroup:NodeGroup pods-workers-us-west-2${letter}`),
  `${own("EniConfigs")} pods`,
  `${own("PodNetwork")} pods`,
  `${own("PodSubnets")} pods`,
  `${own("SecondaryCidr")} pods`,
  `${own("VpcCni")} pods`,
  `${own("WorkerGroup")} pods-workers`,
  ...["a", "b", "c"].map((letter) => `${ENI_CONFIG} pods-us-west-2${letter}`),
];

describe("PodNetwork", () => {
  it("makes of a name and a range all that the cluster needs, and nothing else", async () => {
    const { resources, warnings } = await run();
    assert.deepEqual(resources.map(inWords).sort(), EVERYTHING);
    assert.deepEqual(warnings, []);
  });

  it("makes each step after the whole of the one before", async () => {
    const { resources, readsAfter } = await run();
    const steps = ["SecondaryCidr", "PodSubnets", "EniConfigs", "VpcCni", "WorkerGroup"].map(own);
    const placesOf = (test: (resource: Registered) => boolean) =>
      resources.flatMap((resource, index) => (test(resource) ? [index] : []));
    const daemonSets = Object.keys(readsAfter).map((name) => `kubernetes:apps/v1:DaemonSet ${name}`);
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (before === undefined) continue;
      const isChildOf = ({ parent }: Registered) => parent?.startsWith(`${before} `) === true;
      const [component] = find(resources, step);
      assert.deepEqual(
        component?.dependsOn.filter((on) => !on.startsWith(own(""))),
        // The CNI reads what is in force before the workers come.
        [...resources.filter(isChildOf).map(inWords), ...(before === own("VpcCni") ? daemonSets : [])].sort(),
        step,
      );
      const [at = -1] = placesOf((resource) => resource === component);
      assert.ok(at > Math.max(...placesOf(isChildOf)), `${step} is registered after all of ${before}`);
    }
  });

  it("hangs every part below itself and protects it", async () => {
    const { resources } = await run();
    assert.deepEqual(resources.filter(({ parent }) => parent === undefined).map(inWords), [
      `${own("PodNetwork")} pods`,
    ]);
    assert.deepEqual(
      resources.filter(({ protect }) => !protect),
      [],
    );
  });

  it("protects nothing when told so", async () => {
    const { resources } = await run({}, { opts: { protect: false } });
    assert.deepEqual(
      resources.filter(({ protect }) => protect),
      [],
    );
  });

  it("records no inputs of its own, so that a change that changes no resource is none", async () => {
    const { resources } = await run();
    assert.deepEqual(
      resources.filter(({ type }) => type.startsWith(own(""))).map(({ inputs }) => inputs),
      Array.from({ length: 6 }, () => ({})),
    );
  });

  it("can be waited for as a whole", async () => {
    const { resources } = await record(async () => {
      const network = new PodNetwork("pods", args);
      const after = new pulumi.ComponentResource("test:index:After", "after", {}, { dependsOn: network });
      await valueOf(after.urn);
    }, mockedCluster(smallCluster));
    const [after] = find(resources, "test:index:After");
    const made = resources.filter(({ type }) => !type.startsWith(own("")) && type !== "test:index:After");
    assert.deepEqual(
      after?.dependsOn.filter((on) => !on.includes("DaemonSet")),
      made.map(inWords).sort(),
    );
  });

  it("points each ENIConfig at its zone's subnet, and names no group where all nodes carry the same", async () => {
    const { resources } = await run();
    assert.deepEqual(
      find(resources, ENI_CONFIG).map(({ inputs }) => [inputs.metadata, inputs.spec]),
      ["a", "b", "c"].map((letter) => [
        { name: `us-west-2${letter}` },
        { subnet: `id-pods-us-west-2${letter}` },
      ]),
    );
  });

  it("gives named groups subnets, ENIConfigs and workers with their label", async () => {
    const sg = "sg-0123456789abcdef0";
    const podGroups = [{ name: "batch", zones: ["us-west-2b"], securityGroupIds: [sg] }];
    const workerGroups = [{ name: "heavy", replaces: ["batch"], like: "batch", eniConfig: "batch" }];
    const { resources, result } = await run({ podGroups, workerGroups });
    const [eniConfig] = find(resources, ENI_CONFIG).filter(({ name }) => name === "pods-batch-us-west-2b");
    assert.deepEqual(eniConfig?.inputs.spec, { subnet: "id-pods-us-west-2b-batch", securityGroups: [sg] });
    const [group, ...more] = find(resources, "aws:eks/nodeGroup:NodeGroup");
    assert.deepEqual(more, []);
    assert.deepEqual(group?.inputs.labels, {
      workload: "batch",
      "vpc.amazonaws.com/externalEniConfig": "batch-us-west-2b",
    });
    const { podSubnets, eniConfigs } = (await valueOf(result.summary)) ?? {};
    assert.deepEqual(
      podSubnets?.find((subnet) => subnet.group === "batch"),
      {
        availabilityZone: "us-west-2b",
        subnetId: "id-pods-us-west-2b-batch",
        cidrBlock: "100.64.96.0/19",
        group: "batch",
      },
    );
    assert.ok(eniConfigs?.includes("batch-us-west-2b"));
  });

  it("hands on what concerns a part to that part", async () => {
    const { resources } = await run(
      {
        tags: { team: "net" },
        egress: "singleNat",
        publicSubnetIds: { "us-west-2a": "subnet-public" },
        prefixReservations: true,
        subnetPrefixLength: 24,
        cni: { env: { WARM_IP_TARGET: "5" } },
        fargateProfile: {
          name: "jobs",
          podExecutionRoleArn: "arn:aws:iam::123456789012:role/fargate",
          selectors: [{ namespace: "jobs" }],
        },
      },
      mockedCluster(smallCluster, {
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
        ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
        WARM_IP_TARGET: "5",
      }),
    );
    const [subnet] = find(resources, "aws:ec2/subnet:Subnet");
    assert.equal((subnet?.inputs.tags as Record<string, string>).team, "net");
    assert.equal(find(resources, "aws:ec2/natGateway:NatGateway").length, 1);
    assert.equal(find(resources, "aws:eks/fargateProfile:FargateProfile").length, 1);
    assert.ok(find(resources, "aws:ec2/subnetCidrReservation:SubnetCidrReservation").length > 0);
    const [addOn] = find(resources, "aws:eks/addon:Addon");
    const { env } = JSON.parse(String(addOn?.inputs.configurationValues)) as { env: Record<string, string> };
    assert.equal(env.WARM_IP_TARGET, "5");
  });

  it("asks for the same once everything is there, and takes over only the add-on", async () => {
    const wanted = ({ resources }: { resources: readonly Registered[] }) =>
      resources.map(({ type, name, inputs, importId }) => ({ type, name, inputs, importId }));
    const first = wanted(await run());
    assert.deepEqual(wanted(await run({}, { facts: smallClusterAfter })), first);
    assert.deepEqual(
      first.flatMap(({ importId }) => importId ?? []),
      ["small:vpc-cni"],
    );
  });

  it("asks for the same ENIConfigs before and after the CNI becomes an add-on", async () => {
    const eniConfigsOf = ({ resources }: { resources: readonly Registered[] }) =>
      find(resources, ENI_CONFIG).map(({ inputs }) => inputs.spec);
    const cni = { mode: "addOn", adopt: false } as const;
    const outside = mockedCluster(smallCluster);
    const existing = {
      ...outside.existing,
      "kubernetes:core/v1:ServiceAccount kube-system/aws-node": { metadata: { name: "aws-node" } },
      "kubernetes:apps/v1:DaemonSet kube-system/aws-node as pods-live": { ...awsNodeDaemonSet({}) },
    };
    const before: ClusterFacts = without(smallCluster, "vpcCni");
    const invokes = {
      ...mockedCluster(before).invokes,
      "aws:eks/getAddonVersion:getAddonVersion": () => ({ version: "v1.23.1-eksbuild.1" }),
    };
    assert.deepEqual(
      eniConfigsOf(await run({ cni, workerGroups: [] }, { facts: before, existing, invokes })),
      eniConfigsOf(await run({ cni, workerGroups: [] }, { facts: smallClusterAfter, existing })),
    );
  });

  it("counts pods by what somebody set on the DaemonSet, which the add-on is told only now", async () => {
    const prefixes = { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" };
    const asked = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
      ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
      ...prefixes,
    };
    const facts: ClusterFacts = without(smallCluster, "vpcCni");
    const daemonSet = "kubernetes:apps/v1:DaemonSet kube-system/aws-node";
    const { invokes = {} } = mockedCluster(facts);
    const getCluster = "aws:eks/getCluster:getCluster";
    const { resources } = await run(
      {
        workerGroups: [
          {
            name: "own",
            replaces: [],
            kind: "managed",
            imageId: "ami-0123456789abcdef0",
            osFamily: "al2023",
            instanceTypes: ["m5.large"],
            nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
            maxSize: 3,
          },
        ],
      },
      {
        facts,
        invokes: {
          ...invokes,
          [getCluster]: (inputs) => ({
            ...invokes[getCluster]?.(inputs),
            endpoint: "https://example.eks.amazonaws.com",
            certificateAuthorities: [{ data: "Y2VydA==" }],
          }),
        },
        existing: {
          [`${daemonSet} as pods-live`]: { ...awsNodeDaemonSet({ env: entries(prefixes) }) },
          [`${daemonSet} as pods-rolled-out`]: { ...awsNodeDaemonSet({ env: entries(asked) }) },
        },
      },
    );
    const [template] = find(resources, "aws:ec2/launchTemplate:LaunchTemplate");
    const userData = Buffer.from(String(template?.inputs.userData), "base64").toString();
    assert.match(userData, /maxPods"?: 110/);
  });

  it("takes over what it is told to", async () => {
    const { resources } = await run(
      {
        adopt: {
          cidrBlocks: ["100.64.0.0/16"],
          podSubnets: ["subnet-pods-b"],
          eniConfigs: ["us-west-2c"],
        },
      },
      { facts: smallClusterAfter },
    );
    assert.deepEqual(resources.flatMap(({ importId }) => importId ?? []).sort(), [
      "small:vpc-cni",
      "subnet-pods-b",
      "us-west-2c",
      "vpc-cidr-assoc-pods",
    ]);
  });

  it("says what rotation and verification need", async () => {
    const { result } = await run();
    const summary = await valueOf(result.summary);
    assert.deepEqual(summary, {
      clusterName: "small",
      region: "us-west-2",
      vpcId: "vpc-1",
      podCidrs: ["100.64.0.0/16"],
      podSubnets: ["a", "b", "c"].map((letter, index) => ({
        availabilityZone: `us-west-2${letter}`,
        subnetId: `id-pods-us-west-2${letter}`,
        cidrBlock: `100.64.${index * 32}.0/19`,
      })),
      eniConfigs: ["us-west-2a", "us-west-2b", "us-west-2c"],
      cni: { mode: "addOn" },
      workerGroups: ["a", "b", "c"].map((letter) => ({
        name: "workers",
        kind: "managed",
        nodeGroupName: `workers-us-west-2${letter}`,
        availabilityZone: `us-west-2${letter}`,
        replaces: ["general", "batch"],
        maxSize: 4,
      })),
    });
  });

  describe("with Karpenter", () => {
    const facts: ClusterFacts = {
      ...smallCluster,
      subnets: [...smallCluster.subnets, nodeSubnet("d", 48)],
      nodeClasses: [{ name: "default", subnetIds: ["subnet-node-d"] }],
    };
    const subnetsOf = ({ resources }: { resources: readonly Registered[] }) =>
      find(resources, "aws:ec2/subnet:Subnet").map(({ name }) => name);

    it("reads in which subnets it starts nodes", async () => {
      const recording = await run({ ec2NodeClasses: ["default"] }, { facts });
      assert.ok(recording.reads.includes("kubernetes:karpenter.k8s.aws/v1:EC2NodeClass default"));
      assert.deepEqual(subnetsOf(recording).slice(3), ["pods-us-west-2d"]);
    });

    it("plans a preview without what the preview does not know", async () => {
      const outside = mockedCluster(facts);
      const unknown = { metadata: { name: "default" }, status: pulumi.runtime.unknownValue };
      const recording = await run(
        { ec2NodeClasses: ["default"] },
        {
          facts,
          isPreview: true,
          existing: {
            ...outside.existing,
            "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass default": unknown,
          },
        },
      );
      assert.equal(subnetsOf(recording).length, 3);
    });
  });

  it("registers the same in a preview, in which the ids of new resources are unknown", async () => {
    const { resources, result } = await run({}, { isPreview: true });
    assert.deepEqual(resources.map(inWords).sort(), EVERYTHING);
    assert.equal(await valueOf(result.summary), undefined);
  });

  it("warns of what is allowed and may not be meant", async () => {
    const subnets = smallCluster.subnets;
    const { warnings } = await run({}, { facts: { ...smallClusterAfter, subnets } });
    assert.deepEqual(warnings, [
      'vpc-1 has 100.64.0.0/16 already. If this stack did not associate it, take it over: adopt: {cidrBlocks: ["100.64.0.0/16"]}.',
    ]);
  });

  describe("refusals", () => {
    const refused = (given: Partial<PodNetworkArgs>, expected: RegExp) =>
      assert.rejects(run(given), (error) => {
        assert.ok(pulumi.ResourceError.isInstance(error));
        assert.equal(error.hideStack, true);
        assert.match(error.message, expected);
        return true;
      });

    it("says all that forbids it at once, at the component and without a trace of calls", async () => {
      const workerGroups = [{ name: "workers", replaces: ["genral"], like: "general" }];
      await refused(
        { podCidrs: ["100.64.0.0/10"], workerGroups },
        /^podCidrs\[0\]: .*\n.*Did you mean general\?/s,
      );
    });

    it("says what its parts would refuse, at its own paths, before it makes the first of them", async () => {
      const bare = { replaces: [], instanceTypes: ["m5.large"] };
      const given: PodNetworkArgs = {
        ...args,
        tags: { "kubernetes.io/role/elb": "1" },
        egress: "natPerZone",
        publicSubnetIds: { "us-west-2f": "subnet-1" },
        subnetPrefixLength: 28,
        prefixReservations: true,
        fargateProfile: { name: "jobs", podExecutionRoleArn: "arn", selectors: [] },
        workerGroups: [
          { ...bare, name: "first" },
          { ...bare, name: "second", amiType: "AL2_x86_64", nodeRoleArn: "arn", maxSize: 3 },
        ],
      };
      const program = async () => {
        const network = new PodNetwork("pods", given);
        return valueOf(network.summary).then(
          () => assert.fail("it was not refused"),
          (error: unknown) => (error as Error).message.split("\n").map((line) => line.replace(/: .*/, "")),
        );
      };
      const { resources, result } = await record(program, mockedCluster(smallCluster));
      assert.deepEqual(result, [
        'publicSubnetIds["us-west-2f"]',
        'tags["kubernetes.io/role/elb"]',
        "fargateProfile.selectors",
        "prefixReservations",
        "workerGroups[0].nodeRoleArn",
        "workerGroups[0].maxSize",
        "workerGroups[1].amiType",
      ]);
      assert.deepEqual(resources.map(inWords), [`${own("PodNetwork")} pods`]);
    });

    it("says that there is no such cluster", async () => {
      await refused({ clusterName: "smal" }, /^clusterName: EKS has no cluster "smal"/);
    });

    it("makes nothing", async () => {
      const program = async () => {
        const network = new PodNetwork("pods", { ...args, zones: ["us-west-2a"] });
        await assert.rejects(valueOf(network.summary), /zone-without-eniconfig/);
      };
      const { resources } = await record(program, mockedCluster(smallCluster));
      assert.deepEqual(resources.map(inWords), [`${own("PodNetwork")} pods`]);
    });
  });
});
