import { delimiter, join } from "node:path";
import { satisfies } from "semver";
import { isLoopback } from "../../planning/loopback";
import { sandboxNames } from "../../sandbox/listSandboxes";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { command, type Answer } from "../command";
import { onPath } from "../doctor/executables";
import { USES, type Finding, type Use } from "../doctor/finding";
import { findPulumiIn, pulumiFindings } from "../doctor/pulumi";
import { sandboxNeeds } from "../doctor/sandboxNeeds";
import { awsFinding, kubernetesFinding } from "../doctor/surroundings";
import { choice } from "../flag";
import { ofSandbox } from "../sandboxCommand";
import { table } from "../table";

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { version, engines } = require("eks-pod-network/package.json") as {
  version: string;
  engines: { node: string };
};

const TITLES: Readonly<Record<Use, string>> = {
  sandbox: "For the sandbox on this computer (podnet sandbox, podnet demo)",
  clusters: "For clusters of your own (podnet preview, up, rotate, verify)",
};

/** `podnet doctor` */
export const doctor = command({
  flags: { for: choice("only what that use needs; both by default", USES) },
  help: `Examples:
  podnet doctor
  podnet doctor --for sandbox
  podnet doctor --json

It says which programs would be used, and from where: pulumi and its plugins, real or the sandbox's stand-ins, Go,
Python and what a sandbox runs; which AWS and which cluster this shell speaks to; what the cache folder holds. It
changes nothing, speaks to nothing outside, and prints no credentials.

Exit code 0 when nothing is missing, 1 when something is.`,

  async run(_args, flags): Promise<Answer> {
    const uses = flags.for === undefined ? USES : [flags.for];
    const parts: { use: Use; findings: Finding[] }[] = [];
    for (const use of uses) parts.push({ use, findings: await findingsOf(use) });
    const missing = parts.flatMap(({ findings }) => findings.filter(({ state }) => state === "missing"));
    return {
      json: {
        version,
        node: process.version,
        missing: missing.length,
        ...Object.fromEntries(parts.map(({ use, findings }) => [use, findings])),
      },
      text: describe(parts, missing),
      isNo: missing.length > 0,
    };
  },
});

async function findingsOf(use: Use): Promise<Finding[]> {
  const { env } = process;
  const PATH = env.PATH ?? "";
  const common = [nodeFinding(), kubectlFinding(PATH, use)];
  if (use === "clusters") {
    const isSandbox = isLoopback(env.AWS_ENDPOINT_URL ?? "");
    const pulumi = await findPulumiIn({ PATH, PULUMI_HOME: env.PULUMI_HOME });
    return [
      ...common,
      ...pulumiFindings(pulumi, "this shell", isSandbox ? "any" : "real"),
      awsFinding(env),
      kubernetesFinding(env),
    ];
  }
  // As podnet sandbox env puts it together.
  const pulumi = await findPulumiIn({ PATH: [join(standInPulumiRoot(), "bin"), PATH].join(delimiter) });
  const needs = await ofSandbox("Looking at the sandbox's needs", () => sandboxNeeds(PATH));
  return [...common, ...pulumiFindings(pulumi, "sandbox env", "any"), ...needs, sandboxesFinding()];
}

function nodeFinding(): Finding {
  const found = `${process.version}: ${process.execPath}`;
  if (satisfies(process.version, engines.node)) return { what: "node", state: "ok", found };
  return { what: "node", state: "missing", found, fix: `Install Node ${engines.node}.` };
}

function kubectlFinding(path: string, use: Use): Finding {
  const kubectl = onPath("kubectl", path);
  if (kubectl !== undefined) return { what: "kubectl, this shell", state: "ok", found: kubectl };
  const found =
    use === "sandbox" ? "none on PATH; a sandbox brings its own" : "none on PATH; podnet needs none";
  return { what: "kubectl, this shell", state: "note", found };
}

function sandboxesFinding(): Finding {
  const names = sandboxNames();
  const found = names.length === 0 ? "none" : `${names.join(", ")}; see podnet sandbox list`;
  return { what: "sandboxes", state: "note", found };
}

const MARKS = { ok: "ok", missing: "MISSING", note: "-" } as const;

function describe(
  parts: readonly { use: Use; findings: readonly Finding[] }[],
  missing: readonly Finding[],
): string {
  const verdict =
    missing.length === 0 ? "nothing is missing" : `missing: ${missing.map(({ what }) => what).join("; ")}`;
  const columns = [{ head: "" }, { head: "WHAT" }, { head: "FOUND" }];
  const tables = parts.map(({ use, findings }) => {
    const rows = findings.map(({ state, what, found }) => [MARKS[state], what, found]);
    return `${TITLES[use]}\n\n${table(columns, rows)}`;
  });
  const fixes = missing.flatMap(({ what, fix }) => (fix === undefined ? [] : [`${what}\n  -> ${fix}`]));
  return [`podnet ${version}: ${verdict}`, ...tables, ...fixes].join("\n\n");
}
