import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { proposeStack } from "../../planning/proposal/proposeStack";
import { throwIfAny, type Problem } from "../../planning/problem";
import { readBySchema } from "../../planning/schemaProblems";
import type { ClusterOutside } from "../connect";
import { readEnvironments, type Environment } from "../environments";
import { environmentName } from "../environmentsSchema";
import { editorSchema } from "./editorSchema";
import { newEnvironmentsFile, withEnvironment } from "./environmentEntry";
import { projectFiles } from "./projectFiles";
import { readProposalFacts } from "./readProposalFacts";
import { stackFileText } from "./stackFileText";

/** What a new environment is made from. */
export interface InitRequest extends Pick<Environment, "region" | "profile" | "kubeconfig" | "kubeContext"> {
  /** Of the environment and of its stack. */
  readonly name: string;
  readonly clusterName: string;
  /** @default one that the VPC may have */
  readonly podCidrs?: readonly string[] | undefined;
  /** The folder of Pulumi.yaml, or the one that is to be it. */
  readonly workDir: string;
  /** The file of environments. @default stacks/environments.yaml of the working folder */
  readonly file?: string | undefined;
}

/** A file that was written. */
export interface WrittenFile {
  readonly path: string;
  readonly isNew: boolean;
}

/** What was written for a new environment. */
export interface InitResult {
  readonly environment: Environment;
  readonly files: readonly WrittenFile[];
  /** What a person should look at before bringing it up. */
  readonly notes: readonly string[];
}

/**
 * Proposes an environment from a live cluster: an entry of the file of environments and the configuration of a stack,
 * and where there is no project yet, the project. Changes nothing in AWS nor in the cluster, and overwrites no file.
 *
 * Needs what `readProposalFacts` needs.
 *
 * @param connect is asked for the outside once the request is one that can be met.
 * @throws InvalidInputError when no environment can have the name, there is such an environment or such a file already,
 *   or nothing can be proposed;
 *   InvalidFileError when the file of environments can't be used; KubernetesError; what AWS answers.
 */
export async function init(
  request: InitRequest,
  connect: () => Promise<ClusterOutside>,
): Promise<InitResult> {
  const { name, clusterName, region, profile, kubeconfig, kubeContext, workDir } = request;
  throwIfAny(nameProblems(name));
  const project = projectFiles(workDir);
  const stackFile = join(workDir, project.configFolder, `Pulumi.${name}.yaml`);
  const environmentsFile = request.file ?? join(workDir, "stacks", "environments.yaml");
  throwIfAny(alreadyThere(name, stackFile, environmentsFile));

  const outside = await connect();
  const caller = await outside.sts.send(new GetCallerIdentityCommand({}), { abortSignal: outside.signal });
  const proposal = proposeStack(await readProposalFacts(clusterName, region, outside), request.podCidrs);
  const environment = {
    name,
    account: caller.Account,
    region,
    cluster: clusterName,
    profile,
    kubeconfig,
    kubeContext,
    rotation: { maxUnavailable: 1 },
  };
  const isNewFile = !existsSync(environmentsFile);
  const environmentsText = isNewFile
    ? newEnvironmentsFile(environment, editorSchema(environmentsFile, "environments.schema.json", workDir))
    : withEnvironment(readFileSync(environmentsFile, "utf8"), environment);
  // Nothing is written that could not be read again.
  const read = readEnvironments(environmentsFile, () => environmentsText).find((one) => one.name === name);
  if (read === undefined) throw new Error(`the entry of ${name} can't be read again`);

  const schema = editorSchema(stackFile, "existingCluster/config.schema.json", workDir);
  const text = stackFileText(proposal, { region, kubeContext }, schema);
  for (const { path, content } of project.missing) write(path, content);
  write(stackFile, text);
  if (isNewFile) write(environmentsFile, environmentsText);
  else writeFileSync(environmentsFile, environmentsText);
  return {
    environment: read,
    files: [
      ...project.missing.map(({ path }) => ({ path, isNew: true })),
      { path: stackFile, isNew: true },
      { path: environmentsFile, isNew: isNewFile },
    ],
    notes: proposal.notes,
  };
}

function nameProblems(name: string): readonly Problem[] {
  const reading = readBySchema(z.strictObject({ name: environmentName }), { name });
  return "problems" in reading ? reading.problems : [];
}

function alreadyThere(name: string, stackFile: string, environmentsFile: string): Problem[] {
  const problems: Problem[] = [];
  if (existsSync(stackFile)) {
    problems.push({
      path: "name",
      reason: `${stackFile} is there already.`,
      fix: "Give another name; or remove the file, if it is to be proposed anew.",
    });
  }
  if (existsSync(environmentsFile) && readEnvironments(environmentsFile).some((one) => one.name === name)) {
    problems.push({
      path: "name",
      reason: `${environmentsFile} has an environment ${name} already.`,
      fix: "Give another name; or remove the entry, if it is to be proposed anew.",
    });
  }
  return problems;
}

/** Writes a file that is not there yet. */
function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { flag: "wx" });
}
