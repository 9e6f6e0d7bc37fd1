import { strict as assert } from "node:assert";
import { ApiError } from "../../../../sandbox/dataPlane/cluster/apiServer";
import type { NodeView } from "../../../../sandbox/dataPlane/cluster/view";
import { NodeLeases } from "../../../../sandbox/dataPlane/kubelet/nodeLeases";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
const STARTED_AT = Date.UTC(2026, 0, 1, 12);

function node(name: string, uid = `${name}-1`): NodeView {
  return { name, uid } as NodeView;
}

/** An API server that has leases, and says what it was asked. */
function fixture(...names: readonly string[]) {
  const nodes = new Map(names.map((name) => [name, node(name)]));
  const leases = new Map<string, { spec: { renewTime: string; holderIdentity: string } }>();
  const asked: string[] = [];
  const lines: string[] = [];
  const clock = { ms: STARTED_AT };
  const refused = new Set<string>();
  const api = {
    patch: <T>(path: string, type: string, body: unknown): Promise<T> => {
      asked.push(`${type} ${path.slice(LEASES.length + 1)}`);
      const name = path.slice(LEASES.length + 1);
      if (refused.has(name)) return Promise.reject(new ApiError(`PATCH ${path}`, 500, "no"));
      if (!leases.has(name)) return Promise.reject(new ApiError(`PATCH ${path}`, 404, "not found"));
      leases.set(name, body as never);
      return Promise.resolve(body as T);
    },
    call: <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const { name } = (body as { metadata: { name: string } }).metadata;
      asked.push(`${method} ${name}`);
      assert.equal(path, LEASES);
      leases.set(name, body as never);
      return Promise.resolve(body as T);
    },
  };
  const nodeLeases = new NodeLeases({
    api,
    view: { nodes },
    now: () => clock.ms,
    log: (line) => lines.push(line),
    signal: new AbortController().signal,
  });
  return { nodes, leases, asked, lines, clock, refused, nodeLeases };
}

describe("the leases of nodes", () => {
  it("are made for Nodes without one, owned by the Node and held by its kubelet", async () => {
    const { nodeLeases, asked, leases } = fixture("a");
    await nodeLeases.renewDue();
    assert.deepEqual(asked, ["merge a", "POST a"]);
    assert.deepEqual(leases.get("a"), {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "a", ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "a", uid: "a-1" }] },
      spec: { holderIdentity: "a", leaseDurationSeconds: 120, renewTime: "2026-01-01T12:00:00.000000Z" },
    });
  });

  it("are renewed 40 s after they were last, and no sooner", async () => {
    const { nodeLeases, asked, leases, clock } = fixture("a");
    await nodeLeases.renewDue();
    asked.length = 0;
    clock.ms += 39_999;
    await nodeLeases.renewDue();
    assert.deepEqual(asked, []);
    clock.ms += 1;
    await nodeLeases.renewDue();
    assert.deepEqual(asked, ["merge a"]);
    assert.equal(leases.get("a")?.spec.renewTime, "2026-01-01T12:00:40.000000Z");
  });

  it("of a Node that took the name of another is renewed at once", async () => {
    const { nodeLeases, asked, nodes } = fixture("a");
    await nodeLeases.renewDue();
    asked.length = 0;
    nodes.set("a", node("a", "a-2"));
    await nodeLeases.renewDue();
    assert.deepEqual(asked, ["merge a"]);
  });

  it("that could not be renewed are tried again at the next look, and hold up no other", async () => {
    const { nodeLeases, asked, refused, lines } = fixture("a", "b");
    refused.add("a");
    await nodeLeases.renewDue();
    assert.deepEqual(asked, ["merge a", "merge b", "POST b"]);
    assert.deepEqual(lines, [`a: its lease was not renewed: ApiError: PATCH ${LEASES}/a: 500 no`]);
    asked.length = 0;
    refused.clear();
    await nodeLeases.renewDue();
    assert.deepEqual(asked, ["merge a", "POST a"]);
  });
});
