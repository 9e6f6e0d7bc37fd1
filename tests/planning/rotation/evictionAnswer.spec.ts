import assert from "node:assert/strict";
import { classifyEviction, type EvictionAnswer } from "../../../planning/rotation/evictionAnswer";

describe("the answer to an eviction", () => {
  const budget = [
    {
      reason: "DisruptionBudget",
      message: "The disruption budget web needs 2 healthy pods and has 2 currently",
    },
  ];
  const rows: [string, EvictionAnswer, ReturnType<typeof classifyEviction>][] = [
    ["201 is accepted", { status: 201, message: "" }, { kind: "evicted" }],
    ["404 means gone", { status: 404, message: 'pods "web-1" not found' }, { kind: "gone" }],
    [
      "409 means that the pod of that name is another one",
      { status: 409, message: "Precondition failed: UID in precondition: a, UID in object meta: b" },
      { kind: "gone" },
    ],
    [
      "429 of a budget is blocked, with the budget's own words",
      { status: 429, message: "Cannot evict pod", causes: budget },
      { kind: "blocked", because: budget[0]?.message ?? "" },
    ],
    [
      "429 of an API server that is busy is to be tried again",
      { status: 429, message: "Too many requests", retryAfterSeconds: 2 },
      { kind: "retry", because: "Too many requests", afterSeconds: 2 },
    ],
    [
      "500 for a pod under two budgets is blocked: it never becomes anything else",
      {
        status: 500,
        message:
          "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
      },
      {
        kind: "blocked",
        because:
          "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
      },
    ],
    [
      "any other 500 is to be tried again",
      { status: 500, message: "etcd" },
      { kind: "retry", because: "etcd" },
    ],
    ["503 is to be tried again", { status: 503, message: "down" }, { kind: "retry", because: "down" }],
    [
      "no answer is to be tried again",
      { status: 0, message: "timeout" },
      { kind: "retry", because: "timeout" },
    ],
    [
      "403 of a namespace that ends is to be tried again",
      { status: 403, message: "ends", causes: [{ reason: "NamespaceTerminating", message: "" }] },
      { kind: "retry", because: "ends" },
    ],
    [
      "403 otherwise is fatal",
      { status: 403, message: "forbidden" },
      { kind: "fatal", because: "403: forbidden" },
    ],
    ["422 is fatal", { status: 422, message: "no" }, { kind: "fatal", because: "422: no" }],
  ];
  for (const [title, answer, outcome] of rows) {
    it(title, () => {
      assert.deepEqual(classifyEviction(answer), outcome);
    });
  }
});
