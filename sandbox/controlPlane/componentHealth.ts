import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { files, type ComponentName, type ControlPlanePorts } from "./components";

/** One that does not answer by then is not well. */
const ANSWERS_WITHIN_MS = 5_000;

/**
 * Asks a component itself whether it is well.
 *
 * @param folder the sandbox's.
 * @returns undefined when it is, else what it answered or why it can't be asked.
 */
export async function componentProblem(
  component: ComponentName,
  folder: string,
  ports: ControlPlanePorts,
): Promise<string | undefined> {
  try {
    const { status, body } = await ask(component, folder, ports);
    return status === 200 ? undefined : `answers ${status}: ${firstProblem(body)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

function ask(component: ComponentName, folder: string, ports: ControlPlanePorts): Promise<Reply> {
  switch (component) {
    case "etcd":
      return get("http", { host: "127.0.0.1", port: ports.etcdHealth, path: "/readyz" });
    case "kwok":
      return get("http", { host: "127.0.0.1", port: ports.kwok, path: "/healthz" });
    case "kube-apiserver":
      return get("https", secure(folder, ports.apiServer, "/readyz"));
    case "kube-controller-manager":
      return get("https", secure(folder, ports.controllerManager, "/healthz"));
    case "kube-scheduler":
      return get("https", secure(folder, ports.scheduler, "/readyz"));
  }
}

/** Whether pods can be made in the namespace default. */
export async function hasServiceAccount(folder: string, ports: ControlPlanePorts): Promise<boolean> {
  const path = "/api/v1/namespaces/default/serviceaccounts/default";
  return (await get("https", secure(folder, ports.apiServer, path))).status === 200;
}

/**
 * How many nodes or pods there are, however many: one is read, and the API server says how many remain.
 *
 * @throws Error when the API server does not answer.
 */
export async function countOf(
  kind: "nodes" | "pods",
  folder: string,
  ports: ControlPlanePorts,
): Promise<number> {
  const { status, body } = await get("https", secure(folder, ports.apiServer, `/api/v1/${kind}?limit=1`));
  if (status !== 200) throw new Error(`the API server answers ${status}: ${body}`);
  const { items, metadata } = listSchema.parse(JSON.parse(body));
  return items.length + (metadata.remainingItemCount ?? 0);
}

const listSchema = z.object({
  items: z.array(z.unknown()),
  metadata: z.object({ remainingItemCount: z.number().optional() }),
});

/** As the administrator; and only of the sandbox's own authority, so that no other program can answer in its place. */
function secure(folder: string, port: number, path: string) {
  return {
    host: "127.0.0.1",
    port,
    path,
    ca: readFileSync(join(folder, files.certificateAuthority)),
    cert: readFileSync(join(folder, files.adminCertificate)),
    key: readFileSync(join(folder, files.adminKey)),
  };
}

function get(scheme: "http" | "https", options: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const send = scheme === "http" ? requestHttp : requestHttps;
    const asked = send({ ...options, agent: false, timeout: ANSWERS_WITHIN_MS }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
      response.on("error", reject);
    });
    asked.on("timeout", () =>
      asked.destroy(new Error(`does not answer within ${ANSWERS_WITHIN_MS / 1000} s`)),
    );
    asked.on("error", reject);
    asked.end();
  });
}

/** /readyz lists its checks, a line each, the failed ones with [-]. */
function firstProblem(body: string): string {
  const lines = body.trim().split("\n");
  return lines.find((line) => line.startsWith("[-]")) ?? lines[0] ?? "";
}
