import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { runNewCluster as run } from "../support/newClusterStack";
import type { Registered } from "../support/pulumiMocks";

const ofType = (resources: readonly Registered[], type: string) =>
  resources.filter((resource) => resource.type === type);

/** Everything that has to be there before a resource: what it and its component depend on, and so on. */
function earlierThan(resources: readonly Registered[], resource: Registered): Set<string> {
  const found = new Set<string>();
  const follow = (one: Registered | undefined) => {
    for (const name of [...(one?.dependsOn ?? []), ...(one?.parent === undefined ? [] : [one.parent])]) {
      if (found.has(name)) continue;
      found.add(name);
      follow(resources.find(({ type, name: otherName }) => `${type} ${otherName}` === name));
    }
  };
  follow(resource);
  return found;
}

describe("the program of a new cluster", function () {
  // Loads the SDK of EKS.
  this.timeout(60_000);
  let resources: readonly Registered[];
  before(async () => {
    resources = await run();
  });
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  const inputsOf = (type: string) => ofType(resources, type).map(({ inputs }) => inputs);

  it("starts no node with the cluster, whose CNI is still the default one", () => {
    assert.deepEqual(inputsOf("eks:index:Cluster"), [
      {
        name: "fresh",
        version: "1.36",
        vpcId: "vpc-0123456789abcdef0",
        privateSubnetIds: ["subnet-0000000a", "subnet-0000000b"],
        authenticationMode: "API",
        skipDefaultSecurityGroups: true,
        skipDefaultNodeGroup: true,
        useDefaultVpcCni: true,
      },
    ]);
  });

  it("turns custom networking on by the input that works", () => {
    assert.deepEqual(inputsOf("eks:index:VpcCniAddon"), [
      {
        clusterName: "fresh",
        clusterVersion: "1.36",
        cniCustomNetworkCfg: true,
        eniConfigLabelDef: "topology.kubernetes.io/zone",
        // Defaults of the SDK: there are no settings yet that could be lost.
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
      },
    ]);
    const [cni] = ofType(resources, "eks:index:VpcCniAddon");
    assert.deepEqual(cni?.dependsOn, ["eks:index:Cluster cluster"]);
  });

  it("gives the pods of each zone a subnet of the range, with the routes that its nodes have", () => {
    assert.deepEqual(
      inputsOf("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation").map((one) => one.cidrBlock),
      ["100.64.0.0/16"],
    );
    assert.deepEqual(
      inputsOf("aws:ec2/subnet:Subnet").map(({ availabilityZone, cidrBlock }) => [
        availabilityZone,
        cidrBlock,
      ]),
      [
        ["us-west-2a", "100.64.0.0/19"],
        ["us-west-2b", "100.64.32.0/19"],
      ],
    );
    assert.deepEqual(inputsOf("aws:ec2/routeTableAssociation:RouteTableAssociation"), [
      { subnetId: "id-pods-us-west-2a", routeTableId: "rtb-a" },
      { subnetId: "id-pods-us-west-2b", routeTableId: "rtb-main" },
    ]);
  });

  it("writes ENIConfigs without security groups, so that pods have those of their node", () => {
    assert.deepEqual(
      inputsOf("kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig").map(({ metadata, spec }) => [
        (metadata as { name: string }).name,
        spec,
      ]),
      [
        ["us-west-2a", { subnet: "id-pods-us-west-2a" }],
        ["us-west-2b", { subnet: "id-pods-us-west-2b" }],
      ],
    );
  });

  it("starts workers per zone, in the subnets for nodes", () => {
    assert.deepEqual(
      inputsOf("eks:index:ManagedNodeGroup").map(({ nodeGroupName, subnetIds, instanceTypes, ...rest }) => [
        nodeGroupName,
        subnetIds,
        instanceTypes,
        rest.scalingConfig,
        rest.ignoreScalingChanges,
      ]),
      [
        [
          "workers-us-west-2a",
          ["subnet-0000000a"],
          ["m7i.large"],
          { minSize: 1, desiredSize: 1, maxSize: 4 },
          true,
        ],
        [
          "workers-us-west-2b",
          ["subnet-0000000b"],
          ["m7i.large"],
          { minSize: 1, desiredSize: 1, maxSize: 4 },
          true,
        ],
      ],
    );
  });

  it("starts no worker before the CNI is told, all ENIConfigs are there and the role has its rights", () => {
    const groups = ofType(resources, "eks:index:ManagedNodeGroup");
    assert.equal(groups.length, 2);
    for (const group of groups) {
      const earlier = earlierThan(resources, group);
      for (const needed of [
        "eks:index:VpcCniAddon vpc-cni",
        "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig pods-us-west-2a",
        "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig pods-us-west-2b",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment nodes-AmazonEKSWorkerNodePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment nodes-AmazonEKS_CNI_Policy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment nodes-AmazonEC2ContainerRegistryPullOnly",
      ])
        assert.ok(earlier.has(needed), needed);
    }
  });

  it("writes ENIConfigs once the CNI has brought their definition and the subnets have their routes", () => {
    for (const eniConfig of ofType(resources, "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig")) {
      const earlier = earlierThan(resources, eniConfig);
      assert.ok(earlier.has("eks:index:VpcCniAddon vpc-cni"), eniConfig.name);
      assert.ok(
        earlier.has("aws:ec2/routeTableAssociation:RouteTableAssociation pods-us-west-2a"),
        eniConfig.name,
      );
    }
  });

  it("makes pod subnets once the VPC has the range", () => {
    const subnets = ofType(resources, "aws:ec2/subnet:Subnet");
    assert.equal(subnets.length, 2);
    for (const subnet of subnets)
      assert.ok(
        earlierThan(resources, subnet).has(
          "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation pods-100.64.0.0-16",
        ),
        subnet.name,
      );
  });

  it("protects what pods live on", () => {
    const types = ["eks:index:Cluster", "eks:index:VpcCniAddon", "eks:index:ManagedNodeGroup"];
    for (const { protect, name } of resources.filter(({ type }) => types.includes(type)))
      assert.equal(protect, true, name);
  });

  it("previews before the cluster is there", async () => {
    assert.equal(ofType(await run({}, true), "eks:index:ManagedNodeGroup").length, 2);
  });

  it("refuses two subnets of one zone, and one that the VPC does not have", async () => {
    const zone = (nodeSubnetId: string) => ({ nodeSubnetId, podSubnetCidr: "100.64.0.0/19" });
    await assert.rejects(run({ zones: [zone("subnet-0000000a"), zone("subnet-0000000a")] }), {
      message:
        "zones[1].nodeSubnetId: subnet-0000000a is in us-west-2a, as that of zones[0] is. Give one subnet per zone.",
    });
    await assert.rejects(run({ zones: [zone("subnet-0000000a"), zone("subnet-0000000c")] }), {
      message:
        "zones[1].nodeSubnetId: subnet-0000000c is not a subnet of vpc-0123456789abcdef0. " +
        "Give one of subnet-0000000a, subnet-0000000b.",
    });
  });

  it("refuses a configuration with everything that is wrong with it", async () => {
    await assert.rejects(
      run({ podCidrs: ["100.64.0.0/16", "100.65.0.0"], vpcID: "vpc-1", workers: undefined }),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.deepEqual(error.message.split("\n"), [
          "the configuration of stack test can't be used:",
          '  eks-pod-network:podCidrs[1]: "100.65.0.0" can\'t be used. Give an IPv4 block, such as 100.64.0.0/16.',
          "  eks-pod-network:workers: is missing. Give the workers: instanceTypes, minSize and maxSize.",
          '  eks-pod-network:vpcID: "vpcID" is not a key here. Did you mean vpcId? The keys are clusterName, ' +
            "kubernetesVersion, vpcId, podCidrs, zones, workers.",
        ]);
        return true;
      },
    );
  });
});
