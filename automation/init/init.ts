import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { readFileSync } from "node:fs";
import { proposeStack } from "../../planning/proposal/proposeStack";
import type { ClusterOutside } from "../connect";
import { readEnvironments, type Environment } from "../environments";
import { editorSchema } from "./editorSchema";
import { newEnvironmentsFile, withEnvironment } from "./environmentEntry";
import { placesOf, type PlacesRequest } from "./places";
import { isThere } from "./presentFiles";
import { readProposalFacts } from "./readProposalFacts";
import { stackFileText } from "./stackFileText";
import { writeInOrder, type WrittenFile } from "./writeInOrder";

/** What a new environment is made from. */
export interface InitRequest
  extends PlacesRequest, Pick<Environment, "profile" | "kubeconfig" | "kubeContext"> {
  /** @default one that the VPC may have */
  readonly podCidrs?: readonly string[] | undefined;
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
 * What can be checked in the folder is checked before anything is asked, and everything before anything is written. The
 * files are written in such an order that an attempt that is cut off leaves no project that points at another program.
 *
 * Needs what `readProposalFacts` needs.
 *
 * @param connect is asked for the outside once the request is one that can be met.
 * @throws InvalidInputError with all problems of the folder at once: when no environment can have the name, there is such
 *   an environment or such a file already, a file can't be used or written; or when nothing can be proposed;
 *   KubernetesError; what AWS answers.
 */
export async function init(
  request: InitRequest,
  connect: () => Promise<ClusterOutside>,
): Promise<InitResult> {
  const { name, clusterName, region, profile, kubeconfig, kubeContext, workDir } = request;
  const { project, stackFile, environmentsFile } = placesOf(request);

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
  const isNewFile = !isThere(environmentsFile);
  const environmentsText = isNewFile
    ? newEnvironmentsFile(environment, editorSchema(environmentsFile, "environments.schema.json", workDir))
    : withEnvironment(readFileSync(environmentsFile, "utf8"), environment);
  // Nothing is written that could not be read again.
  const read = readEnvironments(environmentsFile, () => environmentsText).find((one) => one.name === name);
  if (read === undefined) throw new Error(`the entry of ${name} can't be read again`);

  const schema = editorSchema(stackFile, "existingCluster/config.schema.json", workDir);
  const stackText = stackFileText(proposal, { region, kubeContext }, schema);
  const files = writeInOrder(project, [
    { path: stackFile, content: stackText, isNew: true },
    { path: environmentsFile, content: environmentsText, isNew: isNewFile },
  ]);
  return { environment: read, files, notes: [...project.notes, ...proposal.notes] };
}
