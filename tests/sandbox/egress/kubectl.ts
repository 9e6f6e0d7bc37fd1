import { spawn } from "node:child_process";
import { join } from "node:path";
import type { SandboxRecord } from "../../../sandbox/sandbox";

/** What kubectl did. */
export interface KubectlRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ENDS_WITHIN_MS = 60_000;

/**
 * Runs the sandbox's kubectl as its administrator.
 *
 * @param input what it reads from stdin. @default nothing
 */
export async function kubectl(
  { kubectl: file, kubeconfig, folder }: SandboxRecord,
  args: readonly string[],
  input = "",
): Promise<KubectlRun> {
  const child = spawn(file, args, {
    env: { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, "kubectl-cache") },
    timeout: ENDS_WITHIN_MS,
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(input);
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
}

/**
 * Forwards a port by `kubectl port-forward` while it asks for something.
 *
 * @returns what was answered by HTTP, and what kubectl said about it.
 */
export async function askThroughKubectl(
  { kubectl: file, kubeconfig, folder }: SandboxRecord,
  target: { readonly namespace: string; readonly pod: string; readonly port: number; readonly path: string },
): Promise<{ readonly body: string | undefined; readonly stderr: string }> {
  const args = ["port-forward", "--namespace", target.namespace, target.pod, `:${target.port}`];
  const child = spawn(file, args, {
    env: { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, "kubectl-cache") },
    timeout: ENDS_WITHIN_MS,
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    const local = await new Promise<string>((resolve, reject) => {
      let stdout = "";
      child.stdout.on("data", (chunk: Buffer) => {
        stdout += chunk.toString();
        const [, port] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(stdout) ?? [];
        if (port !== undefined) resolve(port);
      });
      child.once("close", () => {
        reject(new Error(`kubectl port-forward ended: ${stderr}`));
      });
    });
    const body = await fetch(`http://127.0.0.1:${local}${target.path}`).then(
      (response) => response.text(),
      () => undefined,
    );
    return { body, stderr: await settled(() => stderr, body === undefined ? "error forwarding" : "") };
  } finally {
    child.kill();
    await ended;
  }
}

/** What was written once it holds an expected word; kubectl tells of an error after it has closed the connection. */
async function settled(written: () => string, word: string): Promise<string> {
  const deadline = Date.now() + ENDS_WITHIN_MS;
  while (!written().includes(word) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return written();
}
