import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import type { Kubernetes } from "../../automation/kubernetes";
import { readAwsPermissions } from "../../automation/preflight/readAwsPermissions";
import { readKubernetesPermissions } from "../../automation/preflight/readKubernetesPermissions";
import { isNotSeen } from "../../planning/preflight/finding";

const nodeRole = "arn:aws:iam::123456789012:role/nodes";
const addOnRole = "arn:aws:iam::123456789012:role/cni";

interface Simulation {
  readonly PolicySourceArn: string;
  readonly ResourceArns: readonly [string];
  readonly ActionNames: readonly string[];
  readonly ContextEntries: readonly {
    readonly ContextKeyName: string;
    readonly ContextKeyValues: readonly string[];
  }[];
}

/** Asks a simulator that allows everything but some actions, and answers what was asked of it as well. */
async function simulated(denied: Readonly<Record<string, string>>) {
  const asked: Simulation[] = [];
  const region = { region: "us-west-2" };
  const answers = (answer: (input: never) => unknown) => ({
    send: (command: { readonly input: never }) => Promise.resolve(answer(command.input)),
  });
  const permissions = await readAwsPermissions(
    {
      ec2: new EC2Client(region),
      eks: new EKSClient(region),
      iam: Object.assign(
        new IAMClient(region),
        answers((input: Simulation) => {
          asked.push(input);
          const EvaluationResults = input.ActionNames.map((EvalActionName) => ({
            EvalActionName,
            EvalDecision: denied[EvalActionName] ?? "allowed",
          }));
          return { EvaluationResults };
        }),
      ),
      sts: Object.assign(
        new STSClient(region),
        answers(() => ({ Arn: "arn:aws:iam::123456789012:user/ann", Account: "123456789012" })),
      ),
      signal: new AbortController().signal,
    },
    {
      clusterName: "shop",
      vpcId: "vpc-1",
      nodeRoleArns: [nodeRole],
      addOnRoleArns: [addOnRole],
      wanted: {
        network: { workerGroups: [{}], cni: { mode: "addOn" } },
        owners: ["standalone"],
        rotation: {},
        onRequest: [],
      },
    },
  );
  if (isNotSeen(permissions)) return assert.fail(permissions.notSeen);
  return { asked, permissions };
}

describe("the permissions of credentials", () => {
  it("are asked for what each action is done to, with what a policy may look at", async () => {
    const { asked, permissions } = await simulated({});
    assert.deepEqual(permissions.denials, []);
    const instances = asked.find(({ ActionNames }) => ActionNames.includes("ec2:TerminateInstances"));
    assert.ok(instances);
    const { PolicySourceArn, ActionNames, ResourceArns, ContextEntries } = instances;
    assert.deepEqual(
      { PolicySourceArn, ActionNames, ResourceArns, ContextEntries },
      {
        PolicySourceArn: "arn:aws:iam::123456789012:user/ann",
        ActionNames: ["ec2:TerminateInstances"],
        ResourceArns: ["arn:aws:ec2:us-west-2:123456789012:instance/00000000-0000-4000-8000-000000000000"],
        ContextEntries: [
          ["iam:PassedToService", "eks.amazonaws.com"],
          ["aws:RequestedRegion", "us-west-2"],
          ["aws:ResourceTag/kubernetes.io/cluster/shop", "owned"],
        ].map(([ContextKeyName, value]) => ({
          ContextKeyName,
          ContextKeyType: "string",
          ContextKeyValues: [value],
        })),
      },
    );
    const actionsOn = (arn: string) => asked.find(({ ResourceArns }) => ResourceArns[0] === arn)?.ActionNames;
    assert.deepEqual(actionsOn(nodeRole), ["iam:GetRole", "iam:PassRole"]);
    assert.deepEqual(actionsOn(addOnRole), ["iam:PassRole"]);
  });

  it("that are missing are told with the steps, and not those that only looking takes", async () => {
    const { permissions } = await simulated({
      "ec2:DescribeNetworkAcls": "implicitDeny",
      "ec2:TerminateInstances": "explicitDeny",
      "iam:PassRole": "implicitDeny",
    });
    const byWhat = (a: { readonly what: string }, b: { readonly what: string }) => (a.what < b.what ? -1 : 1);
    assert.deepEqual([...permissions.denials].sort(byWhat), [
      { what: "ec2:TerminateInstances", steps: ["rotate", "rollback"], how: "denied" },
      { what: `iam:PassRole of ${addOnRole}`, steps: ["up"], how: "notAllowed" },
      { what: `iam:PassRole of ${nodeRole}`, steps: ["up"], how: "notAllowed" },
    ]);
  });
});

describe("the permissions of a kubeconfig's user", () => {
  it("are asked for by object, where there is one alone", async () => {
    const asked: unknown[] = [];
    const kubernetes = {
      create: (
        _path: string,
        object: { readonly spec?: { readonly resourceAttributes?: Readonly<Record<string, string>> } },
      ) => {
        const { resourceAttributes } = object.spec ?? {};
        asked.push(resourceAttributes);
        const isDenied = resourceAttributes?.verb === "update" && resourceAttributes.resource === "leases";
        return Promise.resolve({ status: { allowed: !isDenied, userInfo: { username: "ann" } } });
      },
    } as unknown as Kubernetes;
    const wanted = { network: {}, owners: [], rotation: {}, onRequest: [] };
    const { who, denials } = await readKubernetesPermissions(kubernetes, wanted);
    assert.equal(who, "user ann");
    assert.deepEqual(denials, [
      {
        what: "update leases.coordination.k8s.io eks-pod-network-rotation in kube-system",
        steps: ["rotate", "rollback"],
        how: "denied",
      },
    ]);
    const daemonSet = { group: "apps", resource: "daemonsets", namespace: "kube-system", name: "aws-node" };
    assert.deepEqual(
      asked
        .filter((one) => (one as { resource?: string } | undefined)?.resource === "daemonsets")
        .slice(0, 1),
      [{ verb: "list", group: "apps", resource: "daemonsets", namespace: "kube-system" }],
    );
    assert.ok(asked.some((one) => JSON.stringify(one) === JSON.stringify({ verb: "get", ...daemonSet })));
  });
});
