import assert from "node:assert/strict";
import { awsNeeds } from "../../../planning/permissions/awsNeeds";
import { iamPolicy } from "../../../planning/permissions/iamPolicy";
import { kubernetesNeeds } from "../../../planning/permissions/kubernetesNeeds";
import { rbacObjects, roleName } from "../../../planning/permissions/rbac";
import { ALL_STEPS, type Step, type WantedPermissions } from "../../../planning/permissions/wanted";

const place = { clusterName: "shop", region: "us-west-2", account: "123456789012" };

/** One statement of a policy. */
function statementOf(
  sid: string,
  step: Step,
  wanted: WantedPermissions,
  where: Parameters<typeof iamPolicy>[2] = place,
) {
  const found = iamPolicy(awsNeeds(wanted), [step], where).Statement.find(({ Sid }) => Sid === sid);
  const { Effect, Action, Resource, Condition } = found ?? assert.fail(sid);
  return { Effect, Action, Resource, ...(Condition !== undefined && { Condition }) };
}

describe("a policy of IAM", () => {
  it("is whole, and as small as the step", () => {
    assert.deepEqual(iamPolicy(awsNeeds(), ["verify"], place), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "InRegion",
          Effect: "Allow",
          Action: [
            "autoscaling:DescribeAutoScalingInstances",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeNetworkInterfaces",
          ],
          Resource: "*",
          Condition: { StringEquals: { "aws:RequestedRegion": "us-west-2" } },
        },
      ],
    });
  });

  const owned: WantedPermissions = { network: { workerGroups: [{}] }, rotation: {}, onRequest: [] };
  const rows: readonly (readonly [string, Step, WantedPermissions, object])[] = [
    [
      "NodeGroups",
      "rotate",
      { ...owned, owners: ["managed"] },
      {
        Action: ["eks:DescribeNodegroup", "eks:DescribeUpdate", "eks:UpdateNodegroupConfig"],
        Resource: "arn:aws:eks:us-west-2:123456789012:nodegroup/shop/*/*",
      },
    ],
    [
      "StandaloneInstances",
      "rotate",
      { ...owned, owners: ["standalone"] },
      {
        Action: ["ec2:TerminateInstances"],
        Resource: "arn:aws:ec2:us-west-2:123456789012:instance/*",
        Condition: { Null: { "aws:ResourceTag/kubernetes.io/cluster/shop": "false" } },
      },
    ],
    [
      "LeakedInterfaces",
      "rollback",
      owned,
      {
        Action: ["ec2:DeleteNetworkInterface"],
        Resource: "arn:aws:ec2:us-west-2:123456789012:network-interface/*",
        Condition: { Null: { "aws:ResourceTag/node.k8s.amazonaws.com/instance_id": "false" } },
      },
    ],
    [
      "PodSubnets",
      "rollback",
      owned,
      {
        Action: ["ec2:DeleteSubnet"],
        Resource: "arn:aws:ec2:us-west-2:123456789012:subnet/*",
        Condition: { StringEquals: { "aws:ResourceTag/eks-pod-network.io/cluster": "shop" } },
      },
    ],
    [
      "AddOn",
      "rollback",
      owned,
      {
        Action: ["eks:DescribeAddon", "eks:DescribeUpdate", "eks:UpdateAddon"],
        Resource: "arn:aws:eks:us-west-2:123456789012:addon/shop/vpc-cni/*",
      },
    ],
    [
      "PassNodeRole",
      "up",
      owned,
      {
        Action: ["iam:PassRole"],
        Resource: "arn:aws:iam::123456789012:role/*",
        Condition: { StringEquals: { "iam:PassedToService": "eks.amazonaws.com" } },
      },
    ],
  ];
  for (const [sid, step, wanted, expected] of rows) {
    it(`names in ${step} what it is for: ${sid}`, () => {
      assert.deepEqual(statementOf(sid, step, wanted), { Effect: "Allow", ...expected });
    });
  }

  it("names the roles that are known, by themselves, and the partition of the Region", () => {
    const role = "arn:aws-cn:iam::123456789012:role/nodes";
    const china = { clusterName: "shop", region: "cn-north-1", nodeRoleArns: [role] };
    assert.equal(statementOf("PassNodeRole", "up", owned, china).Resource, role);
    assert.equal(statementOf("NodeRole", "up", owned, china).Resource, role);
    assert.equal(
      statementOf("Cluster", "up", owned, china).Resource,
      "arn:aws-cn:eks:cn-north-1:*:cluster/shop",
    );
  });

  const partitions: readonly (readonly [region: string, partition: string])[] = [
    ["mx-central-1", "aws"],
    ["cn-northwest-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["us-isof-south-1", "aws-iso-f"],
    ["eusc-de-east-1", "aws-eusc"],
  ];
  for (const [region, partition] of partitions) {
    it(`names things of ${region} in its partition, ${partition}`, () => {
      const { Resource } = statementOf("Cluster", "preflight", {}, { ...place, region });
      assert.equal(Resource, `arn:${partition}:eks:${region}:123456789012:cluster/shop`);
    });
  }

  it("for all steps and everything that may be wanted fits into a managed policy", () => {
    const longest = { clusterName: "c".repeat(100), region: "ap-southeast-2", account: "123456789012" };
    const whole = JSON.stringify(iamPolicy(awsNeeds(), ALL_STEPS, longest));
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, white space aside.
    assert.ok(whole.length <= 6_144, `${whole.length} characters`);
  });

  it("has an id of its own for each statement", () => {
    const sids = iamPolicy(awsNeeds(), ALL_STEPS, place).Statement.map(({ Sid }) => Sid);
    assert.equal(new Set(sids).size, sids.length);
    assert.deepEqual(
      sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid)),
      [],
    );
  });
});

describe("roles of Kubernetes", () => {
  it("are of the cluster and of kube-system, and bound to a group called as they are", () => {
    const wanted: WantedPermissions = { owners: [], rotation: {}, onRequest: [] };
    assert.deepEqual(rbacObjects(kubernetesNeeds(wanted), ["verify"]), [
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "podnet-verify" },
        rules: [
          { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["list"] },
          { apiGroups: ["crd.k8s.amazonaws.com"], resources: ["eniconfigs"], verbs: ["list"] },
          { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["list"] },
        ],
      },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "podnet-verify" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "podnet-verify" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "podnet-verify" }],
      },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "podnet-verify", namespace: "kube-system" },
        rules: [
          {
            apiGroups: [""],
            resources: ["configmaps"],
            resourceNames: ["eks-pod-network-rotation"],
            verbs: ["get"],
          },
          { apiGroups: ["apps"], resources: ["daemonsets"], resourceNames: ["aws-node"], verbs: ["get"] },
        ],
      },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: "podnet-verify", namespace: "kube-system" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "podnet-verify" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "podnet-verify" }],
      },
    ]);
  });

  it("allow in one namespace what is not allowed in all", () => {
    const need = { group: "", resource: "pods", steps: ["up"] } as const;
    const [everywhere, , inSystem] = rbacObjects(
      [
        { ...need, verb: "list" },
        { ...need, verb: "list", namespace: "kube-system" },
        { ...need, verb: "get", namespace: "kube-system" },
      ],
      ["up"],
      "platform",
    );
    assert.deepEqual(everywhere?.rules, [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }]);
    assert.deepEqual(inSystem?.rules, [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]);
  });

  it("name no object where the API server asks for none: create, list and watch", () => {
    const named = rbacObjects(kubernetesNeeds(), ALL_STEPS).flatMap(({ rules = [] }) =>
      rules.filter(({ resourceNames }) => resourceNames !== undefined),
    );
    assert.deepEqual([...new Set(named.flatMap(({ verbs }) => verbs))].sort(), [
      "delete",
      "get",
      "patch",
      "update",
    ]);
  });

  it("are called by their steps", () => {
    assert.equal(roleName(["rotate", "up"]), "podnet-up-rotate");
    assert.equal(roleName(ALL_STEPS), "podnet");
  });
});
