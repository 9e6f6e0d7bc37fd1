import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { ApiError } from "../../../../sandbox/dataPlane/cluster/apiServer";
import type { NodeView, PodView } from "../../../../sandbox/dataPlane/cluster/view";
import { isOnNode, staticPodsOf } from "../../../../sandbox/dataPlane/kubelet/staticPodFolder";
import { StaticPods } from "../../../../sandbox/dataPlane/kubelet/staticPods";

const manifest = "kind: Pod\nmetadata: { name: agent, namespace: tools }\nspec: { containers: [] }\n";

function folder(data: Record<string, string>, on?: string) {
  const annotations = on === undefined ? {} : { "sandbox/static-pods-on": on };
  return staticPodsOf({ metadata: { name: "static", annotations }, data } as never);
}

/** A node's kubelet, and what it has asked of the API server, which may refuse. */
function kubelet(refusal?: ApiError) {
  const calls: string[] = [];
  const lines: string[] = [];
  const staticPods = new Map([["static", folder({ agent: manifest })]]);
  const pods: PodView[] = [];
  const kept = new StaticPods({
    api: {
      call: <T>(method: string, path: string, body?: unknown) => {
        calls.push(`${method} ${path} ${(body as V1Pod).metadata?.name ?? ""}`.trim());
        return refusal === undefined ? Promise.resolve({} as T) : Promise.reject(refusal);
      },
    },
    view: { staticPods, podsOn: () => pods },
    log: (line) => lines.push(line),
  });
  return { calls, lines, staticPods, pods, keep: () => kept.keep({ name: "node", labels: {} } as NodeView) };
}

describe("the folder of static pods", () => {
  it("is for nodes with all its labels, and for every node without any", () => {
    const chosen = folder({}, "pool=edge, zone=a");
    assert.equal(isOnNode(chosen, { pool: "edge", zone: "a", more: "x" }), true);
    assert.equal(isOnNode(chosen, { pool: "edge", zone: "b" }), false);
    assert.equal(isOnNode(folder({}), {}), true);
  });

  it("passes over what is no manifest of a pod", () => {
    const { pods } = folder({
      broken: "{",
      service: "kind: Service\nmetadata: { name: x }",
      agent: manifest,
    });
    assert.deepEqual(
      pods.map(({ pod }) => pod.metadata?.name),
      ["agent"],
    );
  });
});

describe("a kubelet with static pods", () => {
  it("makes a mirror that is missing, and lets go of one whose manifest is gone", async () => {
    const { calls, staticPods, pods, keep } = kubelet();
    await keep();
    assert.deepEqual(calls, ["POST /api/v1/namespaces/tools/pods agent-node"]);
    const [one] = staticPods.get("static")?.pods ?? [];
    pods.push({ namespace: "tools", name: "agent-node", uid: "u", mirrorOf: one?.hash } as PodView);
    await keep();
    assert.equal(calls.length, 1);
    staticPods.clear();
    await keep();
    assert.equal(calls[1], "DELETE /api/v1/namespaces/tools/pods/agent-node");
  });

  it("goes on when the API server refuses one, and says so once", async () => {
    const { lines, keep } = kubelet(new ApiError("POST pods", 404, 'namespaces "tools" not found'));
    await keep();
    await keep();
    assert.deepEqual(lines, ['static pod agent-node: ApiError: POST pods: 404 namespaces "tools" not found']);
  });
});
