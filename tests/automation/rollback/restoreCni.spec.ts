import assert from "node:assert/strict";
import { DescribeAddonCommand, DescribeUpdateCommand, type EKSClient } from "@aws-sdk/client-eks";
import type { AwsNodeDaemonSet } from "../../../automation/awsNodeDaemonSet";
import type { CniRecord } from "../../../automation/cniRecord";
import { KubernetesError, type Kubernetes } from "../../../automation/kubernetes";
import { restoreCni } from "../../../automation/rollback/restoreCni";
import { LeaseLostError } from "../../../automation/rotation/lease";
import type { EnvVar } from "../../../planning/awsNode/merge";
import { playedLease } from "../rotation/playedLease";

const FLAG = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";
const OURS = { env: { [FLAG]: "true" }, initEnv: {} };
const VALUES = '{"env":{"WARM_ENI_TARGET":"2"}}';
const RECORD = {
  version: 1 as const,
  clusterName: "small",
  configurationValues: VALUES,
  env: { WARM_ENI_TARGET: "2", BY_HAND: "yes" },
  initEnv: {},
};

/** Sets a CNI back, and answers what was asked of EKS and written to the DaemonSet. */
async function restore({
  record = RECORD,
  configured = `{"env":{"${FLAG}":"true"}}`,
  env = [{ name: "WARM_ENI_TARGET", value: "2" }],
  annotations = {},
  conflicts = 0,
  mayChange = true,
}: {
  readonly record?: CniRecord;
  readonly configured?: string;
  readonly env?: EnvVar[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly conflicts?: number;
  readonly mayChange?: boolean;
} = {}) {
  const updates: unknown[] = [];
  const written: EnvVar[][] = [];
  let live = env;
  let annotated = annotations;
  let left = conflicts;
  const daemonSet = (): AwsNodeDaemonSet => ({
    metadata: { name: "aws-node", generation: 1, annotations: annotated },
    spec: {
      template: {
        spec: {
          containers: [
            { name: "agent", image: "" },
            { name: "aws-node", image: "", env: live },
          ],
        },
      },
    },
    status: { observedGeneration: 1 },
  });
  const kubernetes = {
    get: () => Promise.resolve(daemonSet()),
    replace: (path: string, object: AwsNodeDaemonSet) => {
      if (left-- > 0) return Promise.reject(new KubernetesError(`PUT ${path}`, 409, "changed"));
      live = [...(object.spec.template.spec.containers[1]?.env ?? [])];
      annotated = object.metadata.annotations ?? {};
      written.push(live);
      return Promise.resolve(object);
    },
  } as unknown as Pick<Kubernetes, "get" | "replace">;
  const send = (command: { readonly input: unknown }) => {
    if (command instanceof DescribeAddonCommand)
      return Promise.resolve({ addon: { configurationValues: configured } });
    if (command instanceof DescribeUpdateCommand)
      return Promise.resolve({ update: { status: "Successful" } });
    updates.push(command.input);
    return Promise.resolve({ update: { id: "1" } });
  };
  await restoreCni(record, OURS, {
    kubernetes,
    eks: { send } as unknown as EKSClient,
    clock: { now: () => 0, sleep: () => Promise.reject(new Error("nothing to wait for")) },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    lease: playedLease([], () => !mayChange),
  });
  return { updates, written, ...(annotated !== annotations && { annotated }) };
}

const RESTORED = [
  { name: "WARM_ENI_TARGET", value: "2" },
  { name: "BY_HAND", value: "yes" },
];

describe("setting the CNI back", () => {
  it("gives the add-on its configuration, and the DaemonSet what others had set there", async () => {
    assert.deepEqual(await restore(), {
      updates: [
        {
          clusterName: "small",
          addonName: "vpc-cni",
          configurationValues: VALUES,
          resolveConflicts: "OVERWRITE",
        },
      ],
      written: [RESTORED],
    });
  });

  it("resets an add-on that had no configuration", async () => {
    const { updates } = await restore({ record: { ...RECORD, configurationValues: "" } });
    assert.deepEqual(
      updates.map((update) => (update as { configurationValues: string }).configurationValues),
      ["{}"],
    );
  });

  it("asks nothing of an add-on that is newer than the record, and takes our variables off", async () => {
    const { version, clusterName, env: was, initEnv } = RECORD;
    const record = { version, clusterName, env: was, initEnv };
    const env = [{ name: FLAG, value: "true" }, ...RESTORED];
    assert.deepEqual(await restore({ record, env }), { updates: [], written: [RESTORED] });
  });

  it("looks again where somebody wrote the DaemonSet meanwhile", async () => {
    const { written } = await restore({ conflicts: 2 });
    assert.deepEqual(written, [RESTORED]);
  });

  it("takes what its patch said to Pulumi off a self-managed DaemonSet, also where the variables are so already", async () => {
    const { version, clusterName, env: was, initEnv } = RECORD;
    const record = { version, clusterName, env: was, initEnv };
    const annotations = {
      "pulumi.com/patchFieldManager": "eks-pod-network",
      "pulumi.com/patchForce": "true",
      "team.example/owner": "platform",
    };
    assert.deepEqual(await restore({ record, env: RESTORED, annotations }), {
      ...{ updates: [], written: [RESTORED] },
      annotated: { "team.example/owner": "platform" },
    });
    const had = { ...record, annotations: { "pulumi.com/patchForce": "true" } };
    assert.deepEqual((await restore({ record: had, env: RESTORED, annotations })).annotated, {
      ...{ "team.example/owner": "platform", "pulumi.com/patchForce": "true" },
    });
  });

  it("changes nothing that is so already, and needs no leave for that", async () => {
    const done = await restore({ configured: VALUES, env: RESTORED, mayChange: false });
    assert.deepEqual(done, { updates: [], written: [] });
  });

  it("changes nothing once it may not", async () => {
    await assert.rejects(restore({ mayChange: false }), LeaseLostError);
    await assert.rejects(restore({ configured: VALUES, mayChange: false }), LeaseLostError);
  });
});
