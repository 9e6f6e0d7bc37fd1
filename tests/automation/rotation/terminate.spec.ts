import assert from "node:assert/strict";
import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { NodeOwner } from "../../../planning/rotation/nodeOwner";
import type { ActingTools } from "../../../automation/rotation/outside";
import type { RotationHappening } from "../../../automation/rotation/events";
import { RotationStopped } from "../../../automation/rotation/result";
import { KubernetesError } from "../../../automation/kubernetesError";
import { terminateNode } from "../../../automation/rotation/terminate";
import { playedLease } from "./playedLease";

const owner: NodeOwner = { kind: "managedNodeGroup", name: "general" };
const terminating = { kind: "terminating" };

/** AWS with one instance: Auto Scaling's answers in turn, and the state that EC2 tells. */
function awsWith(lifecycles: (string | undefined)[], ec2State: string | undefined, failure?: Error) {
  const acts: string[] = [];
  const send = (command: object) => {
    if (command.constructor.name === "TerminateInstanceInAutoScalingGroupCommand") {
      acts.push("terminate");
      return failure === undefined ? Promise.resolve({}) : Promise.reject(failure);
    }
    const LifecycleState = lifecycles.length > 1 ? lifecycles.shift() : lifecycles[0];
    return Promise.resolve({
      AutoScalingInstances: LifecycleState === undefined ? [] : [{ InstanceId: "i-1", LifecycleState }],
    });
  };
  const Instances = ec2State === undefined ? [] : [{ State: { Name: ec2State } }];
  const tools = {
    autoScaling: { send } as Partial<AutoScalingClient>,
    ec2: { send: () => Promise.resolve({ Reservations: [{ Instances }] }) } as Partial<EC2Client>,
    signal: new AbortController().signal,
    ...{ emit: () => undefined, lease: playedLease(acts) },
  } as object as ActingTools;
  const node = { name: "old-1", instanceId: "i-1", owner };
  return { acts, terminate: (given = node) => terminateNode(tools, given) };
}

function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe("the termination of an instance", () => {
  it("is asked for where its group has it", async () => {
    const { acts, terminate } = awsWith(["InService"], "running");
    assert.deepEqual([await terminate(), acts], [terminating, ["held", "terminate"]]);
  });

  for (const [title, lifecycle, state] of [
    ["is under way", "Terminating:Wait", "running"],
    ["is over in Auto Scaling, and under way in EC2", undefined, "shutting-down"],
    ["is over", undefined, undefined],
  ] as const) {
    it(`is not asked for again where it ${title}`, async () => {
      const { acts, terminate } = awsWith([lifecycle], state);
      assert.deepEqual([await terminate(), acts], [terminating, []]);
    });
  }

  it("is not claimed of an instance that no group has", async () => {
    const { acts, terminate } = awsWith([undefined], "running");
    const refused = {
      kind: "refused",
      because:
        "instance i-1 is in no Auto Scaling group any more, so it was not terminated; terminate it, or attach it again",
    };
    assert.deepEqual([await terminate(), acts], [refused, []]);
  });

  it("has worked when AWS refuses its repetition, and not when the instance is as before", async () => {
    const lost = new Error("no answer");
    assert.deepEqual(await awsWith(["InService", "Terminating"], "running", lost).terminate(), terminating);
    await assert.rejects(awsWith(["InService"], "running", lost).terminate(), /no answer/);
  });

  it("is refused, so that others go on, where AWS refuses this one, with the way out", async () => {
    const standby = failure("ValidationError", "The instance i-1 is in Standby.");
    const { acts, terminate } = awsWith(["InService"], "running", standby);
    assert.deepEqual(await terminate(), {
      kind: "refused",
      because:
        "AWS refuses to terminate i-1: The instance i-1 is in Standby. Look at it (aws autoscaling describe-auto-scaling-instances --instance-ids i-1), then run the rotation again.",
    });
    assert.deepEqual(acts, ["held", "terminate"]);
  });

  it("stops the rotation where AWS would refuse the others as well", async () => {
    const minimum = "Currently, desiredSize equals minSize (2). Terminating instance will violate it.";
    const { terminate } = awsWith(["InService"], "running", failure("ValidationError", minimum));
    const stopped = await terminate().catch((error: unknown) => error);
    assert.ok(stopped instanceof RotationStopped);
    assert.deepEqual(stopped.problem, {
      path: "old-1",
      reason: `AWS refuses to terminate i-1: ${minimum}`,
      fix: "Somebody has raised its group's minimum while it was rotated. Run the rotation again, which lowers it until it has ended.",
    });
  });

  it("is not done while its group is busy with another change, which is no refusal", async () => {
    const busy = failure("ScalingActivityInProgressFault", "a scaling activity is in progress");
    const { terminate } = awsWith(["InService"], "running", busy);
    assert.match(JSON.stringify(await terminate()), /"busy".*Its group is busy with another change/);
  });

  it("is not asked for where the Node names no instance", async () => {
    const { acts, terminate } = awsWith(["InService"], "running");
    assert.match(
      JSON.stringify(await terminate({ name: "old-1", instanceId: "", owner })),
      /refused.*names no instance of EC2/,
    );
    assert.deepEqual(acts, []);
  });
});

/** EC2 with an instance, and Kubernetes with a NodeClaim; what is done to them is written down. */
function ownersWith(given: {
  readonly owner: NodeOwner;
  readonly lifecycle?: string;
  readonly claimOf?: string;
  readonly isProtected?: boolean;
  /** What the API server says to a deletion. */
  readonly denial?: string;
}) {
  const acts: string[] = [];
  const notes: string[] = [];
  const volume = (id: string, DeleteOnTermination: boolean) => ({
    Ebs: { VolumeId: id, DeleteOnTermination },
  });
  const instance = {
    InstanceId: "i-1",
    State: { Name: "running" },
    BlockDeviceMappings: [volume("vol-root", true), volume("vol-data", false)],
  };
  const { lifecycle, claimOf, owner: by } = given;
  const tools = {
    autoScaling: {
      send: () =>
        Promise.resolve({
          AutoScalingInstances: lifecycle === undefined ? [] : [{ LifecycleState: lifecycle }],
        }),
    },
    ec2: {
      send: (command: object) => {
        if (command.constructor.name !== "TerminateInstancesCommand")
          return Promise.resolve({ Reservations: [{ Instances: [instance] }] });
        const refusal = Object.assign(new Error("it is protected"), { name: "OperationNotPermitted" });
        if (given.isProtected === true) return Promise.reject(refusal);
        acts.push("terminate");
        return Promise.resolve({});
      },
    },
    kubernetes: {
      get: () =>
        claimOf === undefined
          ? Promise.reject(new KubernetesError("GET nodeclaim", 404, "not found"))
          : Promise.resolve({ metadata: {}, status: { providerID: `aws:///us-west-2a/${claimOf}` } }),
      delete: (path: string) =>
        given.denial === undefined
          ? Promise.resolve(void acts.push(path))
          : Promise.reject(new KubernetesError("DELETE nodeclaim", 403, given.denial)),
    },
    signal: new AbortController().signal,
    emit: (event: RotationHappening) => {
      if (event.type === "note") notes.push(event.note);
    },
    lease: playedLease(acts),
  } as object as ActingTools;
  const end = () => terminateNode(tools, { name: "old-1", instanceId: "i-1", owner: by });
  return { acts, notes, end };
}

describe("the end of a node that no Auto Scaling group owns", () => {
  const standalone: NodeOwner = { kind: "standalone" };
  const karpenter: NodeOwner = { kind: "karpenter", nodePool: "default", nodeClaim: "default-x7k2p" };

  it("is EC2's for an instance of no group, and its volumes are told", async () => {
    const { acts, notes, end } = ownersWith({ owner: standalone });
    assert.deepEqual([await end(), acts], [terminating, ["held", "terminate"]]);
    assert.deepEqual(notes, [
      "old-1 was i-1 of no group, and nobody makes another one. Deleted with it: vol-root (DeleteOnTermination). Left behind: vol-data; delete what nobody needs.",
    ]);
  });

  it("is refused where a group has the instance by now, or where it is protected", async () => {
    const attached = ownersWith({ owner: standalone, lifecycle: "InService" });
    assert.match(JSON.stringify(await attached.end()), /refused.*i-1 was put into an Auto Scaling group/);
    assert.deepEqual(attached.acts, []);
    const guarded = ownersWith({ owner: standalone, isProtected: true });
    assert.deepEqual(await guarded.end(), {
      kind: "refused",
      because:
        "AWS refuses to terminate i-1: it is protected. Switch its protection off (aws ec2 modify-instance-attribute --instance-id i-1 --no-disable-api-termination), then run the rotation again.",
    });
    assert.deepEqual(guarded.notes, [], "nothing was deleted with it");
  });

  it("is Karpenter's where a NodeClaim is deleted, if it is still this instance's", async () => {
    const { acts, end } = ownersWith({ owner: karpenter, claimOf: "i-1" });
    const path = "/apis/karpenter.sh/v1/nodeclaims/default-x7k2p";
    assert.deepEqual([await end(), acts], [terminating, ["held", path]]);
    const other = ownersWith({ owner: karpenter, claimOf: "i-12" });
    assert.deepEqual(await other.end(), {
      kind: "refused",
      because: "NodeClaim default-x7k2p is of another instance by now",
    });
    const gone = ownersWith({ owner: karpenter });
    assert.deepEqual([await gone.end(), gone.acts], [terminating, []]);
  });

  it("is refused by a policy that guards its NodeClaim, and fails where no NodeClaim may be deleted", async () => {
    const guarded = 'admission webhook "guard.example" denied the request: it is guarded';
    const refused = await ownersWith({ owner: karpenter, claimOf: "i-1", denial: guarded }).end();
    assert.match(
      JSON.stringify(refused),
      /refused.*NodeClaim default-x7k2p may not be deleted: .*it is guarded; let/,
    );
    const forbidden = 'nodeclaims is forbidden: User "ci" cannot delete';
    const failing = ownersWith({ owner: karpenter, claimOf: "i-1", denial: forbidden });
    await assert.rejects(failing.end(), /is forbidden/);
  });
});
