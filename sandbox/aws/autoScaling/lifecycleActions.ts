import { randomUUID } from "node:crypto";
import type { Clock } from "../clock";
import { validationError } from "./groupParameters";
import type { LifecycleHook, LifecycleResult } from "./scalingGroup";

/** Which lifecycle action: that of a hook for an instance, or by its token. */
export interface LifecycleActionKey {
  readonly hookName: string;
  readonly instanceId?: string | undefined;
  readonly token?: string | undefined;
}

/** What instances wait for. */
export interface LifecycleActions {
  /**
   * Waits for all hooks of an instance: until each is completed, or its time is up.
   *
   * @returns ABANDON when one of them was.
   * @throws the signal's reason when it is aborted.
   */
  wait(instanceId: string, hooks: readonly LifecycleHook[], signal: AbortSignal): Promise<LifecycleResult>;
  /** @throws AwsError ValidationError where nothing waits. */
  complete(key: LifecycleActionKey, result: LifecycleResult): void;
  /** Begins the time of a hook anew. @throws AwsError ValidationError where nothing waits. */
  heartbeat(key: LifecycleActionKey): void;
}

interface Waiting {
  readonly instanceId: string;
  readonly hook: LifecycleHook;
  readonly token: string;
  /** Milliseconds since 1970. */
  deadline: number;
  readonly done: AbortController;
  result: LifecycleResult;
}

/** Actions that nobody waits for yet. */
export function lifecycleActions(clock: Clock): LifecycleActions {
  const waiting = new Set<Waiting>();
  const timeOf = ({ heartbeatTimeout }: LifecycleHook) => clock.now() + heartbeatTimeout * 1000;
  const find = ({ hookName, instanceId, token }: LifecycleActionKey): Waiting => {
    for (const one of waiting) {
      const isAsked = token === undefined ? one.instanceId === instanceId : one.token === token;
      if (isAsked && one.hook.name === hookName) return one;
    }
    throw validationError(
      token === undefined
        ? `No active Lifecycle Action found with instance ID ${instanceId ?? ""}`
        : `No active Lifecycle Action found with token ${token}`,
    );
  };
  const waitFor = async (instanceId: string, hook: LifecycleHook, signal: AbortSignal) => {
    const one: Waiting = {
      ...{ instanceId, hook, token: randomUUID(), deadline: timeOf(hook) },
      ...{ done: new AbortController(), result: hook.defaultResult },
    };
    waiting.add(one);
    const either = AbortSignal.any([signal, one.done.signal]);
    try {
      // A heartbeat moves the deadline while it is waited for.
      while (!one.done.signal.aborted && clock.now() < one.deadline) {
        await clock.sleep(one.deadline - clock.now(), either).catch(() => undefined);
        signal.throwIfAborted();
      }
      return one.result;
    } finally {
      waiting.delete(one);
    }
  };
  return {
    wait: async (instanceId, hooks, signal) => {
      const results = await Promise.all(hooks.map((hook) => waitFor(instanceId, hook, signal)));
      return results.includes("ABANDON") ? "ABANDON" : "CONTINUE";
    },
    complete: (key, result) => {
      const one = find(key);
      one.result = result;
      one.done.abort();
    },
    heartbeat: (key) => {
      const one = find(key);
      one.deadline = timeOf(one.hook);
    },
  };
}
