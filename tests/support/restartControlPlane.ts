import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { componentProblem } from "../../sandbox/controlPlane/componentHealth";
import {
  COMPONENT_ENVIRONMENT,
  componentArgs,
  type ComponentName,
} from "../../sandbox/controlPlane/components";
import { readPorts } from "../../sandbox/controlPlane/portsFile";
import { ensurePrograms } from "../../sandbox/controlPlane/programs";
import { kill, ownProcesses } from "../../sandbox/processes";
import { startProcess } from "../../sandbox/startProcess";
import { noProgress } from "./sandbox";

/**
 * Kills the API server of a control plane without notice, as one that is replaced goes, and starts it again.
 *
 * With it goes who does not outlive that. A scheduler that finds a pod elsewhere than it had put it ends itself, and
 * counts on being started again (the FlushAndExit of kubernetes/pkg/scheduler/backend/cache/cache.go); kwok sends a
 * request that broke in the middle no second time, as a kubelet would (shouldRetry in
 * kwok/pkg/kwok/controllers/utils.go).
 *
 * @param folder the control plane's.
 * @returns when all of them answer.
 */
export async function restartControlPlane(folder: string): Promise<void> {
  const ports = readPorts(folder);
  if (ports === undefined) throw new Error(`${folder} has no control plane`);
  const programs = await ensurePrograms({ progress: noProgress });
  const args = componentArgs(folder, ports, join(__dirname, "..", "..", "sandbox", "dataPlane", "kwok.yaml"));
  const start = (name: ComponentName) => {
    startProcess(folder, { name, file: programs[name], args: args[name], env: COMPONENT_ENVIRONMENT });
  };
  const ready = async (name: ComponentName) => {
    while ((await componentProblem(name, folder, ports)) !== undefined) await sleep(100);
  };

  const restarted = {
    "kube-apiserver": ports.apiServer,
    "kube-scheduler": ports.scheduler,
    kwok: ports.kwok,
  };
  for (const { name, pid } of ownProcesses(folder)) if (name in restarted) kill(pid);
  // The system takes a port back later than a command line.
  for (const port of Object.values(restarted)) while (await isListenedTo(port)) await sleep(20);
  start("kube-apiserver");
  await ready("kube-apiserver");
  for (const name of ["kube-scheduler", "kwok"] as const) {
    start(name);
    await ready(name);
  }
}

function isListenedTo(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
