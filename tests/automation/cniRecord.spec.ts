import assert from "node:assert/strict";
import { ResourceNotFoundException, type EKSClient } from "@aws-sdk/client-eks";
import { recordCni } from "../../automation/cniRecord";
import { KubernetesError, type Kubernetes } from "../../automation/kubernetes";

const BEFORE = [
  { name: "WARM_ENI_TARGET", value: "2" },
  { name: "AWS_VPC_K8S_CNI_EXTERNALSNAT", value: "true" },
  { name: "MY_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
];
const INIT = [{ name: "DISABLE_TCP_EARLY_DEMUX", value: "true" }];
const VALUES = '{"env":{"WARM_ENI_TARGET":"2"}}';

/** Records the settings of a cluster, and answers what came of it. */
async function record({
  env = BEFORE,
  hasAddOn = true,
  annotations = {},
  status = 201,
}: {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly hasAddOn?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly status?: number;
} = {}) {
  const created: { path: string; object: unknown }[] = [];
  const containers = [{ name: "aws-eks-nodeagent" }, { name: "aws-node", env }];
  const initContainers = [{ name: "aws-vpc-cni-init", env: INIT }];
  const kubernetes = {
    get: (path: string) => {
      assert.equal(path, "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node");
      return Promise.resolve({
        metadata: { name: "aws-node", annotations },
        spec: { template: { spec: { containers, initContainers } } },
      });
    },
    create: (path: string, object: unknown) => {
      if (status >= 300) return Promise.reject(new KubernetesError(`POST ${path}`, status, "no"));
      created.push({ path, object });
      return Promise.resolve(object);
    },
  } as unknown as Pick<Kubernetes, "get" | "create">;
  const send = ({ input }: { readonly input: unknown }) => {
    assert.deepEqual(input, { clusterName: "small", addonName: "vpc-cni" });
    return hasAddOn
      ? Promise.resolve({ addon: { configurationValues: VALUES } })
      : Promise.reject(new ResourceNotFoundException({ $metadata: {}, message: "no add-on" }));
  };
  const outside = { kubernetes, eks: { send } as unknown as EKSClient, signal: new AbortController().signal };
  return { isWritten: await recordCni("small", outside), created };
}

describe("the record of how the CNI was set", () => {
  it("has what was in force, and what the add-on was configured with", async () => {
    const { isWritten, created } = await record();
    assert.equal(isWritten, true);
    assert.equal(created.length, 1);
    const { path, object } = created[0] ?? assert.fail();
    assert.equal(path, "/api/v1/namespaces/kube-system/configmaps");
    const { metadata, data } = object as { metadata: { name: string }; data: { record: string } };
    assert.equal(metadata.name, "eks-pod-network-cni");
    assert.deepEqual(JSON.parse(data.record), {
      version: 1,
      clusterName: "small",
      configurationValues: VALUES,
      env: { WARM_ENI_TARGET: "2", AWS_VPC_K8S_CNI_EXTERNALSNAT: "true" },
      initEnv: { DISABLE_TCP_EARLY_DEMUX: "true" },
    });
  });

  it("has the annotations that a patch would write over, and no others", async () => {
    const theirs = { "pulumi.com/patchFieldManager": "platform" };
    const { created } = await record({ annotations: { ...theirs, "team.example/owner": "platform" } });
    const { data } = created[0]?.object as { data: { record: string } };
    const { annotations } = JSON.parse(data.record) as { annotations?: unknown };
    assert.deepEqual(annotations, theirs);
  });

  it("is not written where custom networking is on: what was before is not known", async () => {
    const env = [...BEFORE, { name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", value: "true" }];
    assert.deepEqual(await record({ env }), { isWritten: false, created: [] });
  });

  it("is not written over one that is there", async () => {
    assert.equal((await record({ status: 409 })).isWritten, false);
  });

  it("stops everything when it can't be written", async () => {
    await assert.rejects(record({ status: 403 }), (error) => {
      assert.ok(error instanceof KubernetesError);
      assert.equal(error.status, 403);
      return true;
    });
  });

  it("has no configuration of an add-on where aws-node is a DaemonSet of its own", async () => {
    const { isWritten, created } = await record({ hasAddOn: false });
    assert.equal(isWritten, true);
    const { data } = created[0]?.object as { data: { record: string } };
    assert.deepEqual(JSON.parse(data.record), {
      version: 1,
      clusterName: "small",
      env: { WARM_ENI_TARGET: "2", AWS_VPC_K8S_CNI_EXTERNALSNAT: "true" },
      initEnv: { DISABLE_TCP_EARLY_DEMUX: "true" },
    });
  });
});
