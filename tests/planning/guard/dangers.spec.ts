import assert from "node:assert/strict";
import { dangersIn } from "../../../planning/guard/dangers";
import type { ResourceChange } from "../../../planning/stack/resourceChange";
import { changeOf, SUBNET } from "../../support/changes";

const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const SCALING_GROUP = "aws:autoscaling/group:Group";
const ADD_ON = "aws:eks/addon:Addon";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const PATCH = "kubernetes:apps/v1:DaemonSetPatch";

const change = (type: string, { operation = "update", ...more }: Partial<ResourceChange>) => {
  const name = "pod-network-us-west-2a";
  return changeOf(operation, type, name, {
    urn: `urn:pulumi:prod::eks-pod-network::${type}::${name}`,
    ...more,
  });
};

const titles = (...changes: ResourceChange[]) => dangersIn(changes).map(({ id, title }) => `${id} ${title}`);

const subnet = { cidrBlock: "100.64.0.0/19", availabilityZone: "us-west-2a" };

describe("dangersIn", () => {
  it("tells of all that pods live on when it is deleted", () => {
    const goes = (type: string, before: Record<string, unknown>) =>
      change(type, { operation: "delete", before });
    assert.deepEqual(
      titles(
        goes(SUBNET, subnet),
        goes("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", {
          vpcId: "vpc-1",
          cidrBlock: "100.64.0.0/16",
        }),
        goes("kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig", { metadata: { name: "us-west-2a" } }),
        goes("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", {
          metadata: { name: "eniconfigs.crd.k8s.amazonaws.com" },
        }),
        goes(NODE_GROUP, { nodeGroupName: "pods-general-us-west-2a" }),
        goes(SCALING_GROUP, { name: "pods-batch-us-west-2a" }),
      ),
      [
        "SUBNET-LOST deletes the subnet 100.64.0.0/19 of us-west-2a",
        "RANGE-LOST deletes the block 100.64.0.0/16 of vpc-1",
        "ENICONFIG-LOST deletes the ENIConfig us-west-2a",
        "ENICONFIG-LOST deletes the definition of ENIConfig",
        "WORKERS-LOST deletes the managed node group pods-general-us-west-2a",
        "WORKERS-LOST deletes the Auto Scaling group pods-batch-us-west-2a",
      ],
    );
  });

  it("tells of a replacement with what forces it, of whom, and that Pulumi refuses it as well", () => {
    const replaced = change(SUBNET, {
      operation: "replace",
      changedProperties: ["cidrBlock"],
      before: subnet,
      after: { ...subnet, cidrBlock: "100.64.32.0/19" },
      isProtected: true,
    });
    assert.deepEqual(dangersIn([replaced]), [
      {
        id: "SUBNET-LOST",
        resource: "pod-network-us-west-2a",
        urn: `urn:pulumi:prod::eks-pod-network::${SUBNET}::pod-network-us-west-2a`,
        title: "replaces the subnet 100.64.0.0/19 of us-west-2a",
        evidence: [
          "cidrBlock can't be changed on the one that there is.",
          "Pods in it keep it from going; nodes of its zone get no further addresses for pods.",
          `It is protected: allowed here, Pulumi still refuses it before: pulumi state unprotect --stack prod '${replaced.urn}'`,
        ],
        wayOut: "Give its zone and its block back in the stack's settings, or move its pods elsewhere first.",
      },
    ]);
  });

  it("has nothing to say of what comes, of what is only changed, or of what nobody lives on", () => {
    const crd = { metadata: { name: "certificates.cert-manager.io" } };
    assert.deepEqual(
      titles(
        change(SUBNET, { operation: "create", after: subnet }),
        change(SUBNET, { operation: "import", before: subnet, after: subnet }),
        change(SUBNET, { before: subnet, after: { ...subnet, tags: { Name: "pods" } } }),
        change(ASSOCIATION, { before: { routeTableId: "rtb-1" }, after: { routeTableId: "rtb-2" } }),
        change("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", {
          operation: "delete",
          before: crd,
        }),
        change(NODE_GROUP, {
          before: { scalingConfig: { maxSize: 4 }, launchTemplate: { id: "lt-1", version: "1" } },
          after: { scalingConfig: { maxSize: 5 }, launchTemplate: { id: "lt-1", version: "1" } },
        }),
      ),
      [],
    );
  });

  it("tells of a subnet that stays without its route table, and not of one that goes with it", () => {
    const association = change(ASSOCIATION, {
      operation: "delete",
      before: { subnetId: "subnet-1", routeTableId: "rtb-1" },
      isProtected: true,
    });
    const [lost, ...others] = dangersIn([association]);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [lost?.id, lost?.resource, lost?.title],
      ["ROUTES-LOST", "pod-network-us-west-2a", "takes the route table rtb-1 from the subnet subnet-1"],
    );
    assert.match(lost?.evidence[0] ?? "", /^It has the main route table of the VPC from then on/);
    assert.match(lost?.evidence[1] ?? "", /^It is protected/);

    const subnetGoes = change(SUBNET, { operation: "delete", before: subnet });
    const another = { ...subnetGoes, name: "pod-network-us-west-2b" };
    assert.deepEqual(
      dangersIn([association, subnetGoes]).map(({ id }) => id),
      ["SUBNET-LOST"],
    );
    assert.deepEqual(
      dangersIn([association, another]).map(({ id }) => id),
      ["SUBNET-LOST", "ROUTES-LOST"],
    );
  });

  it("tells of the CNI when aws-node would go, and not where EKS leaves it or others are meant", () => {
    const addOn = (more: Record<string, unknown>, operation = "delete") =>
      change(ADD_ON, { operation, before: { clusterName: "small", addonName: "vpc-cni", ...more } });
    const daemonSet = (name: string) =>
      change("kubernetes:apps/v1:DaemonSet", { operation: "delete", before: { metadata: { name } } });
    assert.deepEqual(titles(addOn({}), addOn({ preserve: false }, "replace"), daemonSet("aws-node")), [
      "CNI-LOST deletes the add-on vpc-cni of small",
      "CNI-LOST replaces the add-on vpc-cni of small",
      "CNI-LOST deletes the DaemonSet aws-node",
    ]);
    assert.deepEqual(
      titles(addOn({ preserve: true }), addOn({ addonName: "coredns" }), daemonSet("kube-proxy")),
      [],
    );
  });

  it("tells of a managed group that EKS would replace the nodes of, by template, version or release", () => {
    const group = (inputs: Record<string, unknown>) => ({ nodeGroupName: "pods", ...inputs });
    const update = (before: Record<string, unknown>, after: Record<string, unknown>) =>
      dangersIn([change(NODE_GROUP, { before: group(before), after: group(after) })]).flatMap(
        ({ title, evidence }) => [title, ...evidence.slice(0, -1)],
      );
    const title = "EKS would replace the nodes of the managed node group pods by itself";
    assert.deepEqual(
      update({ launchTemplate: { version: "1" } }, { launchTemplate: { version: "[unknown]" } }),
      [title, "Its launch template version goes from 1 to the one that this update makes."],
    );
    assert.deepEqual(
      update({ version: "1.32", releaseVersion: "1" }, { version: "1.33", releaseVersion: "2" }),
      [title, "Its release goes from 1 to 2.", "Its Kubernetes version goes from 1.32 to 1.33."],
    );
    assert.deepEqual(update({}, { version: "1.33" }), [
      title,
      "Its Kubernetes version goes from what it is to 1.33.",
    ]);
    assert.deepEqual(update({ version: "1.32" }, {}), []);
  });

  it("tells of an Auto Scaling group with an instance refresh, and of no other, when its template is another", () => {
    const one = (version: string) => ({ name: "pods", launchTemplate: { id: "lt-1", version } });
    const several = (version: string) => ({
      name: "pods",
      mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: { version } } },
    });
    const instanceRefresh = { strategy: "Rolling" };
    assert.deepEqual(
      titles(
        change(SCALING_GROUP, { before: one("1"), after: one("2") }),
        change(SCALING_GROUP, { before: one("1"), after: { ...one("1"), instanceRefresh } }),
      ),
      [],
    );
    for (const group of [one, several]) {
      const after = { ...group("2"), instanceRefresh };
      assert.deepEqual(titles(change(SCALING_GROUP, { before: group("1"), after })), [
        "WORKERS-ROLLED Auto Scaling would replace the nodes of the group pods by itself",
      ]);
    }
  });

  it("tells of the flag of custom networking when it goes off, in the add-on and in the DaemonSet", () => {
    const addOn = (flag?: string) => ({
      configurationValues: JSON.stringify({
        env: { WARM_IP_TARGET: "5", ...(flag && { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: flag }) },
      }),
    });
    const patch = (value: string) => ({
      spec: {
        template: {
          spec: {
            containers: [{ name: "aws-node", env: [{ name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", value }] }],
          },
        },
      },
    });
    const off =
      "CNI-FLAG-OFF turns custom networking off: AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG goes from true to false";
    const perhaps =
      "CNI-FLAG-OFF may turn custom networking off: what AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG becomes, only the update tells";
    const update = (type: string, before: Record<string, unknown>, after: Record<string, unknown>) =>
      titles(change(type, { before, after }));
    assert.deepEqual(update(ADD_ON, addOn("true"), addOn("false")), [off]);
    assert.deepEqual(update(ADD_ON, addOn("true"), addOn()), [off]);
    assert.deepEqual(update(ADD_ON, addOn("true"), {}), [off]);
    assert.deepEqual(update(ADD_ON, addOn("true"), { configurationValues: "env: [" }), [off]);
    assert.deepEqual(update(ADD_ON, addOn("true"), { configurationValues: "[unknown]" }), [perhaps]);
    assert.deepEqual(update(ADD_ON, addOn("true"), addOn("true")), []);
    assert.deepEqual(update(ADD_ON, addOn("false"), addOn("false")), []);
    assert.deepEqual(update(PATCH, patch("true"), patch("false")), [off]);
    assert.deepEqual(update(PATCH, patch("true"), patch("[unknown]")), [perhaps]);
    assert.deepEqual(update(PATCH, patch("true"), { spec: "[unknown]" }), [perhaps]);
    assert.deepEqual(update(PATCH, patch("false"), patch("true")), []);
    assert.deepEqual(titles(change(PATCH, { operation: "delete", before: patch("true") })), []);
    const foundOn = change(ADD_ON, { operation: "import", before: addOn("true"), after: addOn("false") });
    assert.deepEqual(titles(foundOn), [off]);
  });
});
