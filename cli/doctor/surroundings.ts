import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { isLoopback } from "../../planning/loopback";
import { withoutUrlCredentials } from "../../planning/urlCredentials";
import { parseYaml, whyNoYaml } from "../../planning/yamlText";
import type { Finding } from "./finding";

type Environment = Readonly<Record<string, string | undefined>>;

/** Which AWS a shell speaks to, and by which means; never with what. */
export function awsFinding(env: Environment): Finding {
  const what = "AWS of this shell";
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "as the profile says";
  const endpoint = env.AWS_ENDPOINT_URL ?? "";
  if (endpoint !== "") {
    const whose = isLoopback(endpoint) ? "on this computer, a sandbox's" : "not on this computer";
    return {
      what,
      state: "ok",
      found: `AWS_ENDPOINT_URL=${withoutUrlCredentials(endpoint)}, ${whose}; Region ${region}`,
    };
  }
  const means = [
    ...[
      "AWS_PROFILE",
      "AWS_ACCESS_KEY_ID",
      "AWS_WEB_IDENTITY_TOKEN_FILE",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ].filter((name) => (env[name] ?? "") !== ""),
    ...["config", "credentials"].map((file) => join(homedir(), ".aws", file)).filter(existsSync),
  ];
  if (means.length > 0) {
    return { what, state: "ok", found: `the real one, by ${means.join(", ")}; Region ${region}` };
  }
  // Whether an instance has a role is for the SDK to find out: it would have to be asked.
  const found = `none named in the environment or in ~/.aws; on an instance, its role is taken; Region ${region}`;
  return { what, state: "note", found };
}

const kubeconfigSchema = z.object({
  "current-context": z.string().default(""),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string() }) })).default([]),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.string() }) })).default([]),
});

/** Which cluster kubectl speaks to in a shell. */
export function kubernetesFinding(env: Environment): Finding {
  const what = "Kubernetes of this shell";
  const files = (env.KUBECONFIG ?? join(homedir(), ".kube", "config"))
    .split(delimiter)
    .filter((file) => file !== "");
  const there = files.filter(existsSync);
  const fix = 'aws eks update-kubeconfig --name CLUSTER; for a sandbox: eval "$(podnet sandbox env)"';
  if (there.length === 0) return { what, state: "missing", found: `there is no ${files.join(", ")}`, fix };
  try {
    // As kubectl reads several: the first that says something wins.
    const parts = there.map((file) => kubeconfigSchema.parse(parseYaml(readFileSync(file, "utf8"))));
    const context = parts.map((part) => part["current-context"]).find((name) => name !== "");
    const cluster = parts.flatMap(({ contexts }) => contexts).find(({ name }) => name === context)
      ?.context.cluster;
    const server = parts.flatMap(({ clusters }) => clusters).find(({ name }) => name === cluster)
      ?.cluster.server;
    if (context === undefined || server === undefined)
      return { what, state: "missing", found: `${there.join(", ")} has no current context`, fix };
    const whose = isLoopback(server) ? "on this computer" : "not on this computer";
    return {
      what,
      state: "ok",
      found: `context ${context}, ${withoutUrlCredentials(server)}, ${whose}: ${there.join(", ")}`,
    };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : whyNoYaml(error);
    return { what, state: "missing", found: `${there.join(", ")} can't be read: ${why}`, fix };
  }
}
