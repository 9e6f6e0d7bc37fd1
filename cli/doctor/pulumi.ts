import { existsSync, readdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, sep } from "node:path";
import { compare } from "semver";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { askProgram, isExecutable, onPath } from "./executables";
import type { Finding } from "./finding";

/** The plugins that podnet's stacks use; eks is for a new cluster alone. */
const PLUGINS = ["aws", "kubernetes", "eks"] as const;

/** The environment of a shell, as far as Pulumi looks at it. */
export interface PulumiShell {
  readonly PATH: string;
  readonly PULUMI_HOME?: string | undefined;
}

/** The CLI that runs in a shell, and the plugins that it finds there. */
export interface PulumiFound {
  readonly cli: Executable | undefined;
  readonly plugins: Readonly<Record<(typeof PLUGINS)[number], Executable | undefined>>;
}

/** A program of Pulumi's, or what stands in for it. */
export interface Executable {
  readonly path: string;
  readonly version: string;
  readonly isStandIn: boolean;
}

/** Looks for Pulumi as podnet and the engine do. */
export async function findPulumiIn(shell: PulumiShell): Promise<PulumiFound> {
  const path = onPath("pulumi", shell.PATH);
  const answer = path === undefined ? undefined : await askProgram(path, ["version"]);
  const cli =
    path === undefined || answer === undefined
      ? undefined
      : { path, version: "said" in answer ? answer.said : answer.failure, isStandIn: isStandIn(path) };
  const [aws, kubernetes, eks] = PLUGINS.map((name) => findPlugin(name, shell, cli));
  return { cli, plugins: { aws, kubernetes, eks } };
}

/** What was found of Pulumi, for one shell; clusters need the real ones, the sandbox is content with either. */
export function pulumiFindings(
  { cli, plugins }: PulumiFound,
  shellName: string,
  needs: "real" | "any",
): Finding[] {
  const what = (name: string) => `${name}, ${shellName}`;
  if (cli === undefined) {
    const fix =
      needs === "any"
        ? "npm run build makes the sandbox's own."
        : "Install it: https://www.pulumi.com/docs/install";
    return [{ what: what("pulumi"), state: "missing", found: "none on PATH", fix }];
  }
  const isWrong = needs === "real" && cli.isStandIn;
  const cliFinding: Finding = isWrong
    ? {
        what: what("pulumi"),
        state: "missing",
        found: described(cli),
        fix: "The sandbox's stand-in refuses every AWS but a sandbox's: use a shell without the sandbox's environment.",
      }
    : { what: what("pulumi"), state: "ok", found: described(cli) };
  return [
    cliFinding,
    ...PLUGINS.map((name) => pluginFinding(what(`pulumi-resource-${name}`), name, plugins[name], cli)),
  ];
}

function pluginFinding(
  what: string,
  name: (typeof PLUGINS)[number],
  plugin: Executable | undefined,
  cli: Executable,
): Finding {
  if (plugin !== undefined) return { what, state: "ok", found: described(plugin) };
  if (!cli.isStandIn)
    return { what, state: "note", found: "none; pulumi downloads it when a stack first asks for it" };
  if (name === "eks")
    return { what, state: "note", found: "none; only a stack with a new cluster asks for it" };
  return {
    what,
    state: "missing",
    found: "none on PATH, and the stand-in for pulumi downloads nothing",
    fix: "npm run build makes the sandbox's own.",
  };
}

function described({ path, version, isStandIn: standsIn }: Executable): string {
  return `${version}, ${standsIn ? "the sandbox's stand-in" : "real"}: ${path}`;
}

/** On PATH, then beside the CLI, then the newest in Pulumi's own folder, where the stand-in does not look. */
function findPlugin(
  name: string,
  { PATH, PULUMI_HOME = join(homedir(), ".pulumi") }: PulumiShell,
  cli: Executable | undefined,
): Executable | undefined {
  const file = `pulumi-resource-${name}`;
  const ambient = onPath(file, PATH);
  if (ambient !== undefined) return withVersion(name, ambient);
  if (cli === undefined || cli.isStandIn) return undefined;
  const bundled = join(dirname(realpathSync(cli.path)), file);
  if (isExecutable(bundled)) return withVersion(name, bundled);
  const plugins = join(PULUMI_HOME, "plugins");
  if (!existsSync(plugins)) return undefined;
  const installed = readdirSync(plugins)
    .flatMap((folder) => {
      const version = new RegExp(`^resource-${name}-v(\\d+\\.\\d+\\.\\d+.*)$`).exec(folder)?.[1];
      const path = join(plugins, folder, file);
      return version !== undefined && isExecutable(path) ? [{ path, version, isStandIn: false }] : [];
    })
    .sort((one, other) => compare(other.version, one.version));
  return installed[0];
}

/** A plugin of its own accord tells its version to the engine alone: the stand-ins' is that of the SDK. */
function withVersion(name: string, path: string): Executable {
  if (!isStandIn(path)) return { path, version: "version as the engine asks for it", isStandIn: false };
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { version } = require(`@pulumi/${name}/package.json`) as { version: string };
  return { path, version: `v${version}`, isStandIn: true };
}

function isStandIn(path: string): boolean {
  const root = standInPulumiRoot();
  return existsSync(root) && realpathSync(path).startsWith(realpathSync(root) + sep);
}
