import assert from "node:assert/strict";
import { classifyEviction, type EvictionAnswer } from "../../../planning/rotation/evictionAnswer";

const FORBIDDEN =
  'pods "web-1" is forbidden: User "podnet" cannot create resource "pods/eviction" in API group "" in the namespace "shop"';
const WEBHOOK = 'admission webhook "guard.example.com" denied the request: web-1 must stay';
const POLICY = `pods "web-1" is forbidden: ValidatingAdmissionPolicy 'guard' with binding 'shop' denied request: no`;

describe("the answer to an eviction", () => {
  const budget = [
    {
      reason: "DisruptionBudget",
      message: "The disruption budget web needs 2 healthy pods and has 2 currently",
    },
  ];
  type Row = [string, EvictionAnswer, ReturnType<typeof classifyEviction>];
  const rows: Row[] = [
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
      { status: 429, message: "Too many requests" },
      { kind: "retry", because: "Too many requests" },
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
      "403 of RBAC is fatal: it holds for every pod",
      { status: 403, message: FORBIDDEN },
      { kind: "fatal", because: `403: ${FORBIDDEN}` },
    ],
    ...[400, 403, 404, 409, 429].map((status): Row => [
      `${status} of an admission webhook is blocked: it guards this pod`,
      { status, message: WEBHOOK },
      { kind: "blocked", because: WEBHOOK },
    ]),
    [
      "422 of an admission policy is blocked",
      { status: 422, message: POLICY },
      { kind: "blocked", because: POLICY },
    ],
    [
      "500 of a webhook that can't be reached is to be tried again",
      { status: 500, message: 'Internal error occurred: failed calling webhook "guard.example.com"' },
      { kind: "retry", because: 'Internal error occurred: failed calling webhook "guard.example.com"' },
    ],
    ["422 is fatal", { status: 422, message: "no" }, { kind: "fatal", because: "422: no" }],
  ];
  for (const [title, answer, outcome] of rows) {
    it(title, () => {
      assert.deepEqual(classifyEviction(answer), outcome);
    });
  }
});
