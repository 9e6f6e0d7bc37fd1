import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { OWN_PATHS } from "../daemonProtocol";
import { ownProcesses } from "../processes";
import type { SandboxRecord } from "../record";
import { waitUntil } from "../startProcess";
import { keptFiles } from "./keptFiles";
import { snapshotKind } from "./snapshotKey";
import { keepSnapshot } from "./snapshots";

/** It is 3 seconds for 1,000 nodes. */
const MOTO_WRITES_WITHIN_MS = 60_000;

/**
 * Keeps a sandbox that has just become ready, while it stands still for a moment.
 *
 * Its parts are stopped where they are, as one that dies there would leave its files: etcd is made to go on from that.
 *
 * @param key under which it is found again.
 * @throws Error when it can't be kept, for want of space for instance; the sandbox runs on all the same.
 */
export async function takeSnapshot(
  key: string,
  { folder, awsEndpoint, world, nodes }: SandboxRecord,
  signal?: AbortSignal,
): Promise<void> {
  await tellFront(awsEndpoint);
  const pids = new Map(ownProcesses(folder).map(({ name, pid }) => [name, pid]));
  const stopped: number[] = [];
  const send = (name: string, what: NodeJS.Signals) => {
    const pid = pids.get(name);
    if (pid === undefined) throw new Error(`${name} does not run`);
    process.kill(pid, what);
    if (what === "SIGSTOP") stopped.push(pid);
  };
  try {
    // First who changes the others.
    send("daemon", "SIGSTOP");
    rmSync(join(folder, keptFiles.moto), { force: true });
    send("moto", "SIGUSR1");
    await waitUntil(folder, "a written moto", () => existsSync(join(folder, keptFiles.moto)) || undefined, {
      needs: ["moto"],
      withinMs: MOTO_WRITES_WITHIN_MS,
      signal,
    });
    send("etcd", "SIGSTOP");
    await keepSnapshot({ key, kind: snapshotKind(world, nodes) }, folder, signal);
  } finally {
    for (const pid of stopped) process.kill(pid, "SIGCONT");
  }
}

/** Has the front write down what it knows. */
async function tellFront(awsEndpoint: string): Promise<void> {
  const answer = await fetch(awsEndpoint + OWN_PATHS.keep, { method: "POST" });
  if (!answer.ok) throw new Error(`the front can't be kept: ${await answer.text()}`);
}
