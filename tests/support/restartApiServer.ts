import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { componentProblem } from "../../sandbox/controlPlane/componentHealth";
import { COMPONENT_ENVIRONMENT, componentArgs } from "../../sandbox/controlPlane/components";
import { readPorts } from "../../sandbox/controlPlane/portsFile";
import { ensurePrograms } from "../../sandbox/controlPlane/programs";
import { ownProcesses } from "../../sandbox/processes";
import { startProcess } from "../../sandbox/startProcess";
import { noProgress } from "./sandbox";

const NAME = "kube-apiserver";

/**
 * Kills the API server of a control plane without notice, as one that is replaced goes, and starts it again.
 *
 * @param folder the control plane's.
 * @returns when it answers.
 */
export async function restartApiServer(folder: string): Promise<void> {
  const ports = readPorts(folder);
  const running = ownProcesses(folder).find(({ name }) => name === NAME);
  if (ports === undefined || running === undefined) throw new Error(`${folder} has no ${NAME}`);
  process.kill(running.pid, "SIGKILL");
  // The system takes its port back later than its command line.
  while (await isListenedTo(ports.apiServer)) await sleep(20);
  const programs = await ensurePrograms({ progress: noProgress });
  // What kwok is told is not the API server's.
  const args = componentArgs(folder, ports, "")[NAME];
  startProcess(folder, { name: NAME, file: programs[NAME], args, env: COMPONENT_ENVIRONMENT });
  while ((await componentProblem(NAME, folder, ports)) !== undefined) await sleep(100);
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
