import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Kubernetes } from "../../../automation/kubernetes";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import type { RotationEvent } from "../../../automation/rotation/events";
import type { RotateProcessOptions } from "./rotateProcess";

/** A rotation in a process of its own. */
export interface KillableRotation {
  readonly pid: number;
  /** Every event that it has told so far. */
  readonly events: readonly RotationEvent[];
  /** What it has written to stderr so far. */
  readonly stderr: () => string;
  /** Ends with the first event of a type, or with none when the process ends without. */
  readonly until: (type: RotationEvent["type"]) => Promise<RotationEvent | undefined>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** How the process ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts rotations, one after the other. */
export interface KillableRotations {
  begin(options: RotateProcessOptions): KillableRotation;
  /** Ends what was started and not begun. */
  close(): void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Rotations of a cluster in processes of their own. The next one is always started already and has only to be told to
 * begin, since to start a process takes longer than most of them live.
 *
 * @param env by which its clients find the sandbox.
 */
export function killableRotations(
  env: Readonly<Record<string, string>>,
  outputs: PodNetworkOutputs,
): KillableRotations {
  const start = (): Child =>
    spawn(
      process.execPath,
      ["--require", "ts-node/register/transpile-only", join(__dirname, "rotateProcess.ts")],
      { env: { ...process.env, ...env, OUTPUTS: JSON.stringify(outputs) }, stdio: ["pipe", "pipe", "pipe"] },
    );
  let next = start();
  return {
    begin: (options) => {
      const child = next;
      next = start();
      const followed = follow(child);
      child.stdin.end(`${JSON.stringify(options)}\n`);
      return followed;
    },
    close: () => next.kill("SIGKILL"),
  };
}

/** As if the 15 seconds of a dead holder had passed, which its successor would wait for. */
export async function letLeaseExpire(kubernetes: Kubernetes): Promise<void> {
  const lease = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/eks-pod-network-rotation";
  await kubernetes.patch(lease, { spec: { holderIdentity: "" } });
}

function follow(child: Child): KillableRotation {
  const events: RotationEvent[] = [];
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const one of waiting.splice(0)) one();
  };
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  let isOver = false;
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    events.push(JSON.parse(line) as RotationEvent);
    wake();
  });
  const ended = once(child, "close").then(([code, signal]) => {
    isOver = true;
    wake();
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  return {
    pid: child.pid ?? 0,
    events,
    stderr: () => stderr,
    until: async (type) => {
      for (;;) {
        const found = events.find((event) => event.type === type);
        if (found !== undefined || isOver) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    kill: (signal) => child.kill(signal),
    ended,
  };
}
