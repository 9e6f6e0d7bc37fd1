import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  LocalWorkspace,
  StackNotFoundError,
  type LocalProgramArgs,
  type LocalWorkspaceOptions,
  type PulumiCommand,
  type Stack,
} from "@pulumi/pulumi/automation";
import { isObject } from "../planning/isObject";
import { shown } from "../planning/problem";
import { quotedForSh } from "../planning/shellWord";
import { parseYaml, whyNoYaml } from "../planning/yamlText";
import type { Environment } from "./environments";
import { profileVariables } from "./profileVariables";
import { PulumiError, pulumiError } from "./pulumiError";
import { stderrOf } from "./pulumiOperation";
import { stoppedGently } from "./pulumiProcess";

/** With what stacks are opened. */
export interface StackOptions {
  /** The folder of Pulumi.yaml. Nothing is written there, but by pulumi itself. */
  readonly workDir: string;
  /** Which pulumi: `await PulumiCommand.get()` takes the one on PATH. */
  readonly pulumi: PulumiCommand;
  /** Environment variables of pulumi and its program, besides those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Opens the stack of an environment; one that does not exist yet is made, empty.
 *
 * The program runs from its folder in a process of its own. Its configuration is what Pulumi.STACK.yaml says; nothing
 * is written there, but by pulumi itself when it makes a stack: the salt of its passphrase.
 *
 * @throws PulumiError when there is no such configuration, it is of another Region, or Pulumi can't open the stack.
 */
export async function openStack(environment: Environment, options: StackOptions): Promise<Stack> {
  return opened(environment, options, (...args) => LocalWorkspace.createOrSelectStack(...args));
}

/**
 * Opens the stack of an environment that was brought up before, for those who only look at it; makes none.
 *
 * @throws PulumiError as `openStack` does, and when there is no such stack.
 */
export async function openExistingStack(environment: Environment, options: StackOptions): Promise<Stack> {
  return opened(environment, options, (...args) => LocalWorkspace.selectStack(...args));
}

async function opened(
  environment: Environment,
  { workDir, pulumi, env = {} }: StackOptions,
  open: (args: LocalProgramArgs, options: LocalWorkspaceOptions) => Promise<Stack>,
): Promise<Stack> {
  const { stack: stackName, region, profile, kubeconfig, backend } = environment;
  const what = `opening stack ${stackName}`;
  checkedStackFile(what, environment, workDir);
  try {
    return await open(
      { stackName, workDir },
      {
        pulumiCommand: stoppedGently(pulumi),
        envVars: {
          AWS_REGION: region,
          ...profileVariables(profile),
          // The program runs in a folder of its own.
          ...(kubeconfig !== undefined && { KUBECONFIG: resolve(kubeconfig) }),
          ...(backend !== undefined && { PULUMI_BACKEND_URL: backend }),
          ...env,
        },
      },
    );
  } catch (error) {
    if (error instanceof StackNotFoundError) {
      const reason = `the backend has no stack ${stackName}.`;
      const other =
        environment.backend === undefined
          ? "give the PULUMI_BACKEND_URL that it is in"
          : "correct its backend in the file of environments";
      const fix = `Bring it up first: podnet up ${environment.name}; or ${other}.`;
      throw new PulumiError(what, reason, fix, { cause: error });
    }
    throw pulumiError(what, { stderr: stderrOf(error) }, error);
  }
}

/** The cluster that a stack is about. @throws PulumiError when its configuration names none. */
export async function clusterNameOf(stack: Stack): Promise<string> {
  try {
    return (await stack.getConfig(`${CONFIG_NAMESPACE}:clusterName`)).value;
  } catch (error) {
    throw pulumiError(`reading the configuration of stack ${stack.name}`, { stderr: stderrOf(error) }, error);
  }
}

/**
 * Reads Pulumi.STACK.yaml of an environment, without asking Pulumi, and holds it against the environment. Without its file
 * a stack would be made from nothing; and where the file says another place than the environment, the program would work
 * in one and the runner in the other.
 *
 * @param what it is read for, as errors name it.
 * @throws PulumiError when there is no such file, it can't be read, or it is of another place.
 */
export function checkedStackFile(what: string, environment: Environment, workDir: string): StackFile {
  const { file, values } = readStackFile(what, environment, workDir);
  const { region, kubeContext, cluster } = environment;
  const pairs = [
    // A stack that names no Region takes the environment's; one that names no context, any.
    { key: "aws:region", here: values["aws:region"] ?? region, there: region },
    { key: `${CONFIG_NAMESPACE}:kubeContext`, there: kubeContext },
    // An environment that names no cluster takes the stack's.
    ...(cluster === undefined ? [] : [{ key: `${CONFIG_NAMESPACE}:clusterName`, there: cluster }]),
  ].map(({ key, here = values[key], there }) => ({ key, here, there }));
  const differing = pairs.filter(({ here, there }) => here !== there);
  if (differing.length === 0) return { file, values };
  throw new PulumiError(
    what,
    differing
      .map(({ key, here, there }) => `${key} is ${inWords(here)} in ${file} and ${inWords(there)} here.`)
      .join("\n"),
    `Give the same in the file of environments (${environment.name}) and in ${file}.`,
    { isOfSettings: true },
  );
}

/** The configuration of a stack, as its file has it. */
export interface StackFile {
  /** Its path: `stacks/Pulumi.prod.yaml`. */
  readonly file: string;
  /** By their whole keys: `aws:region`, `eks-pod-network:clusterName`. */
  readonly values: Readonly<Record<string, unknown>>;
}

function readStackFile(what: string, environment: Environment, workDir: string): StackFile {
  const projectFile = join(workDir, "Pulumi.yaml");
  const project = readYaml(what, projectFile, "Give the folder that Pulumi.yaml is in, with --work-dir.");
  const folder = typeof project.stackConfigDir === "string" ? project.stackConfigDir : ".";
  const file = join(workDir, folder, `Pulumi.${environment.stack}.yaml`);
  const { config } = readYaml(
    what,
    file,
    `Write it: it says which cluster, which range, which workers. ${orProposed(environment, workDir)}`,
  );
  return { file, values: isObject(config) ? config : {} };
}

/** How an environment that has an entry, but no file of its stack, comes to both. */
function orProposed({ name, cluster, region }: Environment, workDir: string): string {
  const flags = {
    cluster: cluster === undefined ? "CLUSTER" : quotedForSh(cluster),
    region: quotedForSh(region),
    name: quotedForSh(name),
    ...(workDir !== "." && { "work-dir": quotedForSh(workDir) }),
  };
  const line = Object.entries(flags).map(([flag, value]) => `--${flag} ${value}`);
  return `Or take ${name} out of the file of environments and have both proposed: podnet init ${line.join(" ")}`;
}

/** The namespace of the program's own settings: the project's name. */
export const CONFIG_NAMESPACE = "eks-pod-network";

function inWords(value: unknown): string {
  return value === undefined ? "not set" : shown(value);
}

function readYaml(what: string, path: string, fix: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    const reason = code === "ENOENT" ? `there is no ${path}.` : `${path} can't be read (${String(code)}).`;
    throw new PulumiError(what, reason, fix, { isOfSettings: true });
  }
  try {
    const value = parseYaml(text);
    return isObject(value) ? value : {};
  } catch (error) {
    throw new PulumiError(what, `${path} is no YAML: ${whyNoYaml(error)}.`, "Correct it.", {
      isOfSettings: true,
    });
  }
}
