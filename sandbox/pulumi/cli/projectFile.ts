import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { ProgramSettings } from "../engine/program";

/** A Pulumi project, as its Pulumi.yaml has it. */
export interface Project {
  readonly name: string;
  /** The file itself. */
  readonly path: string;
  /** Where the settings of its stacks lie. */
  readonly configFolder: string;
  /** Values that hold for all stacks, by key; with or without a namespace. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly backendUrl: string | undefined;
  /** Whether every preview, update and destroy begins with a refresh, asked for or not. */
  readonly alwaysRefreshes: boolean;
  readonly program: ProgramSettings;
}

interface ProjectYaml {
  readonly name?: unknown;
  readonly runtime?: string | { readonly name?: string; readonly options?: RuntimeOptions };
  readonly main?: string;
  readonly stackConfigDir?: string;
  readonly config?: Readonly<Record<string, unknown>> | string;
  readonly backend?: { readonly url?: string };
  readonly options?: { readonly refresh?: string };
}

interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

const names = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/**
 * The project of a folder: of its Pulumi.yaml or of that of a folder above.
 *
 * @returns undefined when there is none.
 * @throws Error when it can't be what it says.
 */
export function findProject(folder: string): Project | undefined {
  for (const name of names) {
    const path = join(folder, name);
    if (existsSync(path)) return readProject(path);
  }
  const above = dirname(folder);
  return above === folder ? undefined : findProject(above);
}

function readProject(path: string): Project {
  const yaml = parse(readFileSync(path, "utf8")) as ProjectYaml | null;
  const { name, runtime, main, stackConfigDir, config, backend, options: ofProject } = yaml ?? {};
  if (typeof name !== "string" || !/^[\w.-]+$/.test(name))
    throw new Error(`could not unmarshal '${path}': project is missing a 'name' attribute`);
  const runtimeName = typeof runtime === "string" ? runtime : runtime?.name;
  if (runtimeName !== "nodejs")
    throw new Error(
      `'${path}' has runtime ${String(runtimeName)}; the stand-in for Pulumi runs nodejs alone, use the real Pulumi for others`,
    );
  const options = typeof runtime === "object" ? (runtime.options ?? {}) : {};
  const root = dirname(path);
  // An older form: `config` names the folder of the stacks' settings.
  const configDir = stackConfigDir ?? (typeof config === "string" ? config : ".");
  return {
    name,
    path,
    configFolder: resolve(root, configDir),
    config: typeof config === "object" ? config : {},
    backendUrl: backend?.url,
    alwaysRefreshes: ofProject?.refresh === "always",
    program: {
      root,
      main,
      typescript: options.typescript ?? true,
      tsconfig: options.tsconfig,
      nodeargs: (options.nodeargs ?? "").split(/\s+/).filter((part) => part !== ""),
    },
  };
}
