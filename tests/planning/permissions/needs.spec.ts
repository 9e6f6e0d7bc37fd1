import assert from "node:assert/strict";
import { awsNeeds } from "../../../planning/permissions/awsNeeds";
import { kubernetesNeeds } from "../../../planning/permissions/kubernetesNeeds";
import type { Step, WantedPermissions } from "../../../planning/permissions/wanted";

/** Nothing that has to be asked for: no workers, no old nodes. */
const LEAST: WantedPermissions = {
  network: { cni: { mode: "addOn" } },
  owners: [],
  rotation: {},
  onRequest: [],
};

const actionsOf = (wanted: WantedPermissions, ...steps: Step[]) =>
  awsNeeds(wanted)
    .filter((need) => steps.some((step) => need.steps.includes(step)))
    .map(({ action, on }) => (on === undefined ? action : `${action} ${on}`));

const verbsOf = (wanted: WantedPermissions, ...steps: Step[]) =>
  kubernetesNeeds(wanted)
    .filter((need) => steps.some((step) => need.steps.includes(step)))
    .map(({ verb, resource, subresource, namespace, name }) =>
      [verb, subresource === undefined ? resource : `${resource}/${subresource}`, namespace, name]
        .filter((part) => part !== undefined)
        .join(" "),
    );

/** What is needed more, once more is wanted. */
const more = (of: typeof actionsOf, wanted: WantedPermissions, ...steps: Step[]) => {
  const before = of(LEAST, ...steps);
  return of({ ...LEAST, ...wanted }, ...steps).filter((one) => !before.includes(one));
};

describe("what is needed of AWS", () => {
  it("is asked for once for each kind of thing", () => {
    const all = awsNeeds().map(({ action, on }) => `${action} ${on ?? ""}`);
    assert.equal(new Set(all).size, all.length);
  });

  it("changes nothing in the steps that read", () => {
    const reading = actionsOf({}, "preflight", "preview", "verify").map((one) => one.split(":")[1] ?? "");
    assert.deepEqual(
      reading.filter((name) => !/^(Describe|List|Get|Simulate)/.test(name)),
      [],
    );
  });

  it("is what verify looks at, and no more", () => {
    assert.deepEqual(actionsOf({}, "verify"), [
      "autoscaling:DescribeAutoScalingInstances",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeNetworkInterfaces",
    ]);
  });

  const rows: readonly (readonly [string, WantedPermissions, Step, readonly string[]])[] = [
    [
      "NAT gateways",
      { network: { cni: { mode: "addOn" }, egress: "natPerZone" } },
      "up",
      [
        "ec2:AllocateAddress",
        "ec2:CreateNatGateway",
        "ec2:CreateRoute",
        "ec2:CreateRouteTable",
        "ec2:DescribeAddresses",
        "ec2:DescribeAddressesAttribute",
        "ec2:DescribeNatGateways",
        "ec2:ReplaceRoute",
      ],
    ],
    [
      "reservations of prefixes",
      { network: { cni: { mode: "addOn" }, prefixReservations: true } },
      "up",
      ["ec2:CreateSubnetCidrReservation", "ec2:GetSubnetCidrReservations"],
    ],
    ["standalone nodes", { owners: ["standalone"] }, "rotate", ["ec2:TerminateInstances instance"]],
    [
      "nodes of Auto Scaling groups",
      { owners: ["autoScalingGroup"] },
      "rotate",
      [
        "autoscaling:DescribeLifecycleHooks",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:ResumeProcesses scalingGroup",
        "autoscaling:SuspendProcesses scalingGroup",
        "autoscaling:TerminateInstanceInAutoScalingGroup scalingGroup",
        "autoscaling:UpdateAutoScalingGroup scalingGroup",
      ],
    ],
    ["nodes of Karpenter", { owners: ["karpenter"] }, "rotate", []],
    [
      "leaked network interfaces",
      { rotation: { removeLeakedEnis: true } },
      "rotate",
      ["ec2:DeleteNetworkInterface leakedEni"],
    ],
    [
      "a control plane that is waited for",
      { onRequest: ["controlPlane"] },
      "up",
      ["autoscaling:DescribeAutoScalingInstances", "ec2:DescribeNetworkInterfaces"],
    ],
    [
      "another version of the add-on",
      { network: { cni: { mode: "addOn", addOnVersion: "v1.23.1-eksbuild.1" } } },
      "up",
      ["eks:DescribeAddonVersions"],
    ],
    [
      "an add-on that is not there yet, of a version that EKS says",
      { network: { cni: { mode: "addOn", adopt: false } } },
      "preview",
      ["eks:DescribeAddonVersions"],
    ],
    [
      "a Fargate profile",
      { network: { cni: { mode: "addOn" }, fargateProfile: {} } },
      "rollback",
      ["eks:DeleteFargateProfile fargateProfile", "eks:DescribeFargateProfile fargateProfile"],
    ],
  ];
  for (const [title, wanted, step, expected] of rows) {
    it(`for ${title} is more in ${step}`, () => {
      assert.deepEqual(more(actionsOf, wanted, step), expected);
    });
  }

  it("for the deletion of empty groups is by who owns them", () => {
    const deleting = (owner: "managed" | "autoScalingGroup") =>
      actionsOf({ ...LEAST, owners: [owner], rotation: { deleteEmptyGroups: true } }, "rotate").filter(
        (one) => one.includes(":Delete"),
      );
    assert.deepEqual(deleting("managed"), ["eks:DeleteNodegroup nodeGroup"]);
    assert.deepEqual(deleting("autoScalingGroup"), ["autoscaling:DeleteAutoScalingGroup scalingGroup"]);
  });

  it("for the way back is what takes away all that up makes", () => {
    assert.deepEqual(
      actionsOf(LEAST, "rollback").filter((one) => /:(Dis|Del|Upd)/.test(one)),
      [
        "ec2:DeleteNetworkInterface leakedEni",
        "ec2:DeleteSubnet podSubnet",
        "ec2:DisassociateRouteTable",
        "ec2:DisassociateVpcCidrBlock",
        "eks:UpdateAddon addOn",
      ],
    );
  });
});

describe("what is needed of Kubernetes", () => {
  it("is asked for once", () => {
    const all = verbsOf({});
    assert.equal(new Set(all).size, all.length);
  });

  it("changes nothing in preflight and preview, nor in verify where nothing is tried", () => {
    const verbs = new Set(
      verbsOf({ onRequest: [] }, "preflight", "preview", "verify").map((one) => one.split(" ")[0]),
    );
    assert.deepEqual([...verbs].sort(), ["get", "list"]);
  });

  const rows: readonly (readonly [string, WantedPermissions, Step, readonly string[]])[] = [
    [
      "nodes of Karpenter",
      { owners: ["karpenter"] },
      "rotate",
      ["delete nodeclaims", "get nodeclaims", "list nodeclaims"],
    ],
    [
      "lower warm targets",
      { rotation: { lowerWarmTargets: true } },
      "rotate",
      ["patch daemonsets kube-system aws-node"],
    ],
    [
      "single replicas that restart",
      { rotation: { restartSingleReplicas: true } },
      "rotate",
      ["get deployments", "list deployments", "patch deployments"],
    ],
    [
      "a gate of health",
      { rotation: { healthGate: {} } },
      "rotate",
      ["list deployments", "list statefulsets"],
    ],
    [
      "verify --smoke",
      { onRequest: ["smoke"] },
      "verify",
      ["create namespaces", "delete namespaces", "get namespaces", "list namespaces", "create deployments"],
    ],
    [
      "verify --deep",
      { onRequest: ["deep"] },
      "verify",
      ["create pods/portforward kube-system", "get pods/portforward kube-system"],
    ],
    [
      "a self-managed CNI",
      { network: { cni: { mode: "daemonSet" } } },
      "up",
      [
        "list pods kube-system",
        "watch pods kube-system",
        "list daemonsets kube-system",
        "watch daemonsets kube-system",
        "patch daemonsets kube-system aws-node",
      ],
    ],
    [
      "a control plane that is waited for",
      { onRequest: ["controlPlane"] },
      "up",
      [
        "list nodes",
        "list pods",
        "list poddisruptionbudgets",
        "create pods kube-system",
        "delete pods kube-system",
        "get pods kube-system",
        "get pods/proxy kube-system",
        "get deployments kube-system coredns",
      ],
    ],
  ];
  for (const [title, wanted, step, expected] of rows) {
    it(`for ${title} is more in ${step}`, () => {
      assert.deepEqual(more(verbsOf, wanted, step), expected);
    });
  }
});
