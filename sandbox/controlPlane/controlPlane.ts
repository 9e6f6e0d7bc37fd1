import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { releasePorts, takePorts } from "../ports";
import { ownProcesses, type OwnProcess } from "../processes";
import type { SandboxProgress } from "../progress";
import { startProcess, waitUntil } from "../startProcess";
import { componentProblem, hasServiceAccount } from "./componentHealth";
import {
  CLIENTS,
  COMPONENT_ENVIRONMENT,
  componentArgs,
  egressConfig,
  files,
  schedulerConfig,
  SERVER_NAMES,
  type ComponentName,
  type ControlPlanePorts,
} from "./components";
import { kubeconfigOf, withServer } from "./kubeconfig";
import { createAuthority, createTokenKeys } from "./pki";
import { PORTS_FILE, readPorts } from "./portsFile";
import type { ProgramPaths } from "./programs";

/** A control plane that runs. */
export interface ControlPlane {
  /** https://127.0.0.1:PORT */
  readonly server: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** Path of a kubeconfig file with every right. */
  readonly kubeconfig: string;
}

/** How a component does. */
export interface ComponentHealth {
  readonly name: string;
  /** None when it was never started. */
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** What is wrong with it; none when it is well. */
  readonly problem: string | undefined;
}

const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;

/** It is 4 seconds on an idle computer with two cores. */
const READY_WITHIN_MS = 120_000;

/**
 * Starts a control plane in a folder, as processes of their own.
 *
 * @param options.kwokConfig path of what kwok is told to play.
 * @param options.wantedPorts are taken as far as they are free.
 * @returns when every component says itself that it is ready.
 * @throws SandboxError when one ends or does not become ready; what was started is the caller's to stop.
 */
export async function startControlPlane(
  folder: string,
  options: {
    readonly programs: ProgramPaths;
    readonly kwokConfig: string;
    readonly clusterName: string;
    readonly wantedPorts?: ControlPlanePorts | undefined;
    readonly progress: SandboxProgress;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<ControlPlane> {
  const { programs, signal } = options;
  const ports = await takeControlPlanePorts(options.wantedPorts, signal);
  const server = `https://127.0.0.1:${ports.apiServer}`;
  const certificateAuthority = await prepareFiles(folder, server, options.clusterName, ports);
  const args = componentArgs(folder, ports, options.kwokConfig);
  const start = (name: ComponentName) => {
    startProcess(folder, { name, file: programs[name], args: args[name], env: COMPONENT_ENVIRONMENT });
  };
  const showWaiting = (names: readonly ComponentName[]) => {
    options.progress.show(names.map((name) => `waiting for ${name}`));
  };
  const ready = async (names: readonly ComponentName[]) => {
    // Before the first answer, which a busy computer gives late: whoever watches knows what is waited for.
    showWaiting(names);
    await waitUntil(
      folder,
      "a ready control plane",
      async () => {
        const problems = await Promise.all(names.map((name) => componentProblem(name, folder, ports)));
        const waiting = names.filter((_, index) => problems[index] !== undefined);
        showWaiting(waiting);
        return waiting.length === 0 ? true : undefined;
      },
      { needs: names, withinMs: READY_WITHIN_MS, signal },
    );
  };

  start("etcd");
  // It waits for etcd itself.
  start("kube-apiserver");
  await ready(["etcd", "kube-apiserver"]);
  for (const name of ["kube-controller-manager", "kube-scheduler", "kwok"] as const) start(name);
  await ready(COMPONENTS);
  // Without it no pod can be made; the controller manager is well before it has made it.
  await waitUntil(
    folder,
    "a service account for pods",
    async () => (await hasServiceAccount(folder, ports)) || undefined,
    { needs: COMPONENTS, withinMs: READY_WITHIN_MS, signal },
  );
  return { server, certificateAuthority, kubeconfig: join(folder, KUBECONFIG_FILE) };
}

/** How each component of the control plane in a folder does; also of one that is half started. */
export async function controlPlaneHealth(folder: string): Promise<ComponentHealth[]> {
  const ports = readPorts(folder);
  const processes = new Map(ownProcesses(folder).map((each) => [each.name, each]));
  return await Promise.all(
    COMPONENTS.map(async (name) => {
      const own = processes.get(name);
      if (own?.isRunning !== true) return notRunning(name, own);
      const problem = ports === undefined ? "has no port" : await componentProblem(name, folder, ports);
      return { name, pid: own.pid, isRunning: true, problem };
    }),
  );
}

/** The health of a component without a process. */
export function notRunning(name: string, own: OwnProcess | undefined): ComponentHealth {
  const problem = own === undefined ? "was not started" : "ended";
  return { name, pid: own?.pid, isRunning: false, problem };
}

/** Gives back what a control plane took outside its folder. */
export function releaseControlPlane(folder: string): void {
  const ports = readPorts(folder);
  if (ports !== undefined) releasePorts(Object.values(ports));
}

async function takeControlPlanePorts(
  wanted: ControlPlanePorts | undefined,
  signal: AbortSignal | undefined,
): Promise<ControlPlanePorts> {
  const roles = ["etcdHealth", "apiServer", "controllerManager", "scheduler", "kwok"] as const;
  const ports = await takePorts(roles.length, { wanted: roles.map((role) => wanted?.[role]), signal });
  const [etcdHealth = 0, apiServer = 0, controllerManager = 0, scheduler = 0, kwok = 0] = ports;
  return { etcdHealth, apiServer, controllerManager, scheduler, kwok };
}

/** Like {@link writeFiles}, with the credentials that are there already where etcd's data came with some. */
async function prepareFiles(
  folder: string,
  server: string,
  clusterName: string,
  ports: ControlPlanePorts,
): Promise<string> {
  const authority = join(folder, files.certificateAuthority);
  if (!existsSync(authority)) return await writeFiles(folder, server, clusterName, ports);
  const write = (file: string, content: string) => {
    writeFileSync(join(folder, file), content, { mode: 0o600 });
  };
  write(PORTS_FILE, JSON.stringify(ports));
  write(files.schedulerConfig, schedulerConfig(folder));
  write(files.egressConfig, egressConfig());
  for (const file of [...Object.keys(CLIENTS).map(files.kubeconfigOf), KUBECONFIG_FILE]) {
    write(file, withServer(readFileSync(join(folder, file), "utf8"), server));
  }
  return readFileSync(authority, "utf8");
}

/** Writes everything that the components read. @returns the certificate of the authority */
async function writeFiles(
  folder: string,
  server: string,
  clusterName: string,
  ports: ControlPlanePorts,
): Promise<string> {
  const authority = await createAuthority(new Date());
  const serving = await authority.issueServer(SERVER_NAMES);
  const tokens = await createTokenKeys();

  mkdirSync(join(folder, "pki"), { recursive: true, mode: 0o700 });
  const write = (file: string, content: string) => {
    writeFileSync(join(folder, file), content, { mode: 0o600 });
  };
  write(PORTS_FILE, JSON.stringify(ports));
  write(files.certificateAuthority, authority.certificate);
  write(files.serverCertificate, serving.certificate);
  write(files.serverKey, serving.key);
  write(files.tokenPublicKey, tokens.publicKey);
  write(files.tokenPrivateKey, tokens.privateKey);
  write(files.schedulerConfig, schedulerConfig(folder));
  write(files.egressConfig, egressConfig());
  for (const [component, { user, groups }] of Object.entries(CLIENTS)) {
    const identity = await authority.issueClient(user, groups);
    write(files.kubeconfigOf(component), kubeconfigOf(clusterName, server, authority.certificate, identity));
  }
  // What people get is an administrator, as who made an EKS cluster is.
  const admin = await authority.issueClient("sandbox-admin", ["system:masters"]);
  write(files.adminCertificate, admin.certificate);
  write(files.adminKey, admin.key);
  write(KUBECONFIG_FILE, kubeconfigOf(clusterName, server, authority.certificate, admin));
  return authority.certificate;
}

const KUBECONFIG_FILE = "kubeconfig";
