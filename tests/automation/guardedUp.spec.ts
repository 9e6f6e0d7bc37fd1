import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import {
  ConcurrentUpdateError,
  type EngineEvent,
  type Stack,
  type StepEventMetadata,
} from "@pulumi/pulumi/automation";
import { guardedUp } from "../../automation/guardedUp";
import { PulumiError } from "../../automation/pulumiError";
import { UpdateFailedError } from "../../automation/updateFailedError";
import { UpdateInterruptedError } from "../../automation/updateInterruptedError";
import type { Allowance } from "../../planning/guard/allowance";

type Tell = (event: EngineEvent) => void;

const urnOf = (name: string) => `urn:pulumi:prod::eks-pod-network::aws:eks/nodeGroup:NodeGroup::${name}`;

const metadata = (op: "create" | "delete", name: string) =>
  ({
    ...{ op, urn: urnOf(name), type: "aws:eks/nodeGroup:NodeGroup", provider: "" },
    [op === "create" ? "new" : "old"]: { custom: true, protect: true, inputs: { nodeGroupName: name } },
  }) as unknown as StepEventMetadata;

const event = (what: object) => ({ sequence: 0, timestamp: 0, ...what }) as EngineEvent;
const begun = (op: "create" | "delete", name: string) =>
  event({ resourcePreEvent: { metadata: metadata(op, name) } });
const done = (name: string) => event({ resOutputsEvent: { metadata: metadata("create", name) } });
const failed = (name: string) =>
  event({ resOpFailedEvent: { metadata: metadata("create", name), status: 0, steps: 0 } });
const complaint = (message: string, name?: string) =>
  event({
    diagnosticEvent: { severity: "error", message, ...(name !== undefined && { urn: urnOf(name) }) },
  });
const isProtected = (name: string) =>
  complaint(`resource "${urnOf(name)}" cannot be deleted\nbecause it is protected. To unprotect …`, name);

const NETWORK = "eks-pod-network:index:PodNetwork";
const NETWORK_URN = `urn:pulumi:prod::eks-pod-network::${NETWORK}::pods`;
/** The state of a stack that has taken over a group. */
const state = {
  version: 3,
  deployment: {
    resources: [
      { urn: NETWORK_URN, type: NETWORK },
      {
        ...{ urn: urnOf("theirs"), type: "aws:eks/nodeGroup:NodeGroup", custom: true },
        ...{ parent: NETWORK_URN, importID: "small:theirs" },
      },
    ],
  },
};

/**
 * A stack whose operations say something, and then fail or not.
 *
 * @param goal of the group that it has taken over, by the program as it is now.
 */
function played(
  preview: (tell: Tell) => Promise<void>,
  up: (tell: Tell) => Promise<void>,
  goal: { readonly id?: string } = { id: "small:theirs" },
): Stack {
  const run = (args: readonly string[]) => {
    assert.deepEqual(args, ["stack", "export", "--stack", "prod"]);
    return Promise.resolve({ stdout: JSON.stringify(state) });
  };
  return {
    name: "prod",
    workspace: { workDir: ".", envVars: {}, pulumiCommand: { run } },
    preview: async ({ onEvent, plan }: { readonly onEvent: Tell; readonly plan: string }) => {
      await preview(onEvent);
      writeFileSync(
        plan,
        JSON.stringify({ resourcePlans: { [urnOf("theirs")]: { goal, steps: ["same"] } } }),
      );
    },
    up: ({ onEvent }: { readonly onEvent: Tell }) => up(onEvent),
  } as unknown as Stack;
}

/** What became of it. */
function guarded(stack: Stack, allow: readonly Allowance[] = [], signal = new AbortController().signal) {
  return guardedUp(stack, { allow }, { signal, onEvent: () => undefined }).catch((error: unknown) => error);
}

const never = () => assert.fail("the update was begun");

describe("guardedUp", () => {
  const losing = (...more: EngineEvent[]) =>
    played((tell) => {
      for (const name of ["a", "b"]) [begun("delete", name), isProtected(name)].forEach(tell);
      [...more, complaint("preview failed")].forEach(tell);
      return Promise.reject(new Error("error: preview failed"));
    }, never);

  it("answers that Pulumi refuses what is allowed and protected", async () => {
    const allow = [{ id: "WORKERS-LOST" }, { id: "SUBNET-LOST", resource: "a" }] as const;
    const result = (await guarded(losing(), allow)) as Awaited<ReturnType<typeof guardedUp>>;
    assert.ok(result.outcome === "refused");
    assert.equal(result.by, "protection");
    assert.deepEqual(
      result.dangers.map(({ resource }) => resource),
      ["a", "b"],
    );
    assert.deepEqual(result.unmatched, [{ id: "SUBNET-LOST", resource: "a" }]);
  });

  it("refuses first what nobody has allowed", async () => {
    const allow = [{ id: "WORKERS-LOST", resource: "a" }] as const;
    const result = (await guarded(losing(), allow)) as Awaited<ReturnType<typeof guardedUp>>;
    assert.ok(result.outcome === "refused");
    assert.deepEqual([result.by, ...result.dangers.map(({ resource }) => resource)], ["guard", "b"]);
  });

  it("fails where something else is wrong besides", async () => {
    const error = await guarded(losing(complaint("AccessDenied", "c")), [{ id: "WORKERS-LOST" }]);
    assert.ok(error instanceof PulumiError, String(error));
    assert.match(error.reason, /AccessDenied/);
  });

  const creating = (tell: Tell) => {
    for (const name of ["a", "b", "c"]) tell(begun("create", name));
    return Promise.resolve();
  };

  it("refuses to forget what was taken over, though no step tells of it; allowed, it is done", async () => {
    const nothing = () => Promise.resolve();
    const result = (await guarded(played(nothing, never, {}))) as Awaited<ReturnType<typeof guardedUp>>;
    assert.ok(result.outcome === "refused");
    assert.deepEqual(
      [result.by, ...result.dangers.map(({ id, resource }) => `${id}=${resource}`)],
      ["guard", "ADOPTION-LOST=theirs"],
    );
    let isBegun = false;
    const up = () => {
      isBegun = true;
      return Promise.reject(new Error("enough"));
    };
    await guarded(played(nothing, up, {}), [{ id: "ADOPTION-LOST", resource: "theirs" }]);
    assert.ok(isBegun);
  });

  it("says how far it came when it is interrupted in the middle", async () => {
    const stop = new AbortController();
    const stack = played(creating, (tell) => {
      [begun("create", "a"), done("a"), begun("create", "b")].forEach(tell);
      stop.abort(new Error("enough"));
      tell(failed("b"));
      return Promise.reject(new Error("error: update canceled"));
    });
    const error = await guarded(stack, [], stop.signal);
    assert.ok(error instanceof UpdateInterruptedError, String(error));
    assert.equal(error.cause, stop.signal.reason);
    const { done: ended, failed: stopped, pending } = error.progress;
    assert.deepEqual(
      [ended, stopped, pending].map((changes) => changes.map(({ name }) => name)),
      [["a"], ["b"], ["c"]],
    );
  });

  it("tells of no progress of an update that was not begun, as another one has the stack", async () => {
    const stack = played(creating, () =>
      Promise.reject(new ConcurrentUpdateError("code: 1\n stdout: \n stderr: error: the stack is locked\n")),
    );
    const error = await guarded(stack);
    assert.ok(error instanceof PulumiError && !(error instanceof UpdateFailedError), String(error));
    assert.equal(error.reason, "another update of it runs.");
  });
});
