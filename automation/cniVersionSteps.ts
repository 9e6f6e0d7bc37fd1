import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DescribeClusterCommand, type EKSClient } from "@aws-sdk/client-eks";
import { parseDocument } from "yaml";
import { versionStepProblems, versionsOnTheWay } from "../planning/awsNode/versionStep";
import { isObject } from "../planning/isObject";
import { CONFIG_NAMESPACE, type StackFile } from "./stack";
import { stackSettings } from "./stackSettings";
import { withTemporaryFolder } from "./temporaryFolder";
import { describeVpcCni, vpcCniVersions } from "./vpcCniAddOn";

/** Where the version of the add-on stands in Pulumi.STACK.yaml. */
const CNI_KEY = `${CONFIG_NAMESPACE}:cni`;
const VERSION_KEY = "addOnVersion";

/**
 * The versions that the managed add-on has to go through before it can have the one that is asked for: one minor version
 * at a time, each rolled out before the next (EKS best practices guide, "Amazon VPC CNI"). None where one update does.
 *
 * Needs eks:DescribeAddon, and where there is a version to go to, eks:DescribeCluster and eks:DescribeAddonVersions.
 *
 * @param wanted the version that the stack's configuration asks for; none where it asks for none.
 */
export async function cniVersionsBefore(
  clusterName: string,
  wanted: string | undefined,
  { eks, signal }: { readonly eks: EKSClient; readonly signal: AbortSignal },
): Promise<string[]> {
  if (wanted === undefined) return [];
  const current = (await describeVpcCni(clusterName, { eks, signal }))?.addonVersion;
  if (current === undefined || versionStepProblems(current, wanted).length === 0) return [];
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: clusterName }), {
    abortSignal: signal,
  });
  const available: string[] = [];
  for await (const version of vpcCniVersions(cluster?.version, { eks, signal })) available.push(version);
  return versionsOnTheWay(current, wanted, available).slice(0, -1);
}

/** The version of the add-on that a stack's configuration asks for; none where it asks for none. */
export function wantedCniVersion(stackFile: StackFile): string | undefined {
  const { cni } = stackSettings(stackFile);
  const version = isObject(cni) ? cni[VERSION_KEY] : undefined;
  return typeof version === "string" ? version : undefined;
}

/**
 * Does something with a copy of a stack's configuration that asks for another version of the add-on; the file itself is
 * never written.
 */
export async function withCniVersion<T>(
  stackFile: StackFile,
  version: string,
  act: (configFile: string) => Promise<T>,
): Promise<T> {
  const { file } = stackFile;
  const { cni } = stackSettings(stackFile);
  return withTemporaryFolder("podnet-config-", (folder) => {
    const document = parseDocument(readFileSync(file, "utf8"));
    document.setIn(["config", CNI_KEY], { ...(isObject(cni) && cni), [VERSION_KEY]: version });
    const copy = join(folder, basename(file));
    writeFileSync(copy, document.toString({ lineWidth: 0 }), { mode: 0o600 });
    return act(copy);
  });
}
