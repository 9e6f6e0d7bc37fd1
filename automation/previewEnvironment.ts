import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { readCidr } from "../planning/cidrBlock";
import type { Danger } from "../planning/guard/danger";
import { dangersIn } from "../planning/guard/dangers";
import type { NotSeen } from "../planning/preflight/finding";
import type { EnvironmentPreview } from "../planning/preview/environmentPreview";
import { previewMeaning, type PreviewFacts, type SubnetFacts } from "../planning/preview/previewMeaning";
import { withoutSecrets } from "../planning/preview/withoutSecrets";
import type { StackResource } from "../planning/rollback/stackRemoval";
import type { PodSubnet } from "../planning/rotation/observation";
import { rotationSettings } from "../planning/rotation/settings";
import type { Environment } from "./environments";
import { connectKubernetes } from "./kubernetes";
import { lostAdoptionsIn } from "./lostAdoptions";
import { readControlPlane } from "./preflight/readControlPlane";
import { readInstances } from "./preflight/readInstances";
import { readSubnets } from "./preflight/readVpc";
import { seen } from "./preflight/seen";
import { preview } from "./preview";
import { PulumiError } from "./pulumiError";
import type { StackEvent, StackResult } from "./pulumiEvents";
import type { StackOutside } from "./pulumiOperation";
import { observer } from "./rotation/observe";
import type { ObserverOutside } from "./rotation/outside";
import { secretTexts } from "./secretTexts";
import { clusterNameOf } from "./stack";
import { stackToday } from "./stackToday";
import { withTemporaryFolder } from "./temporaryFolder";

/**
 * Says what bringing an environment up would change, and what that means for its pods. Changes nothing.
 *
 * Needs, besides what the program itself reads, eks:DescribeCluster, ec2:DescribeInstances, ec2:DescribeSubnets and what
 * `observer` needs. What may not be looked at, and a cluster that does not answer, are left out with the reason.
 *
 * @throws PulumiError; InvalidInputError when there is no such cluster; otherwise what AWS answers; the signal's reason
 *   when it is aborted.
 */
export async function previewEnvironment(
  environment: Environment,
  stack: Stack,
  outside: StackOutside & ObserverOutside,
): Promise<EnvironmentPreview> {
  const clusterName = environment.cluster ?? (await clusterNameOf(stack));
  const secrets = await secretTexts(environment, stack);
  const { resources, podSubnets } = await stackToday(stack);
  const [{ result, lost, isCutShort }, subnets, cluster] = await Promise.all([
    previewWithout(secrets, stack, resources, outside),
    seen("the subnets of the nodes", () => readSubnetFacts(clusterName, outside)),
    readCluster(podSubnets, outside),
  ]);
  const { counts, diagnostics } = result;
  const changes = result.changes.filter(({ isBookkeeping }) => !isBookkeeping);
  const rotation = rotationSettings(environment.rotation);
  const meaning = previewMeaning(changes, {
    ...{ podSubnets, subnets, cluster, rotation },
    lostAdoptions: lost,
  });
  return withoutSecrets(
    {
      environment: environment.name,
      stack: environment.stack,
      region: environment.region,
      cluster: clusterName,
      changes,
      counts,
      warnings: diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message),
      ...meaning,
      notSeen: [...meaning.notSeen, ...(isCutShort ? [CUT_SHORT] : [])],
    },
    secrets,
  );
}

/** Pulumi deletes nothing of what the others depend on once it was refused to delete one of them, and previews no more. */
const CUT_SHORT =
  "what else would change: Pulumi goes no further than what is protected, so that more may be deleted or replaced";

/** What a preview came to. */
interface Previewed {
  readonly result: StackResult;
  /** What the stack would forget that it took over. */
  readonly lost: readonly Danger[];
  readonly isCutShort: boolean;
}

/**
 * A preview; also of what Pulumi refuses because it is protected, as far as it came: why that is dangerous tells a reviewer
 * more than the refusal. What Pulumi tells on the way, and why it fails, is read in the logs of pipelines and in pull
 * requests as well.
 *
 * @param resources the state of the stack.
 */
async function previewWithout(
  secrets: readonly string[],
  stack: Stack,
  resources: readonly StackResource[],
  outside: StackOutside,
): Promise<Previewed> {
  const onEvent = (event: StackEvent) => {
    outside.onEvent(withoutSecrets(event, secrets));
  };
  try {
    // Plans hold what the stack's settings hold, secrets encrypted.
    return await withTemporaryFolder("podnet-plan-", async (folder) => {
      const plan = join(folder, "plan.json");
      const result = await preview(stack, { ...outside, onEvent }, plan);
      return { result, lost: lostAdoptionsIn(resources, plan), isCutShort: false };
    });
  } catch (error) {
    if (!(error instanceof PulumiError)) throw error;
    const { until, isOfSettings } = error;
    if (until !== undefined && dangersIn(until.changes).length > 0) {
      return { result: until, lost: [], isCutShort: true };
    }
    const { what, reason, fix } = withoutSecrets(
      { what: error.what, reason: error.reason, fix: error.fix },
      secrets,
    );
    throw new PulumiError(what, reason, fix, { isOfSettings });
  }
}

async function readSubnetFacts(clusterName: string, outside: ObserverOutside): Promise<SubnetFacts> {
  const { vpcId } = await readControlPlane(outside, clusterName);
  const [instances, subnets] = await Promise.all([
    readInstances(outside, clusterName),
    // Without route tables: only their blocks are wanted.
    readSubnets(outside, vpcId, []),
  ]);
  return {
    blocks: new Map(
      subnets.flatMap(({ subnetId, cidrBlock }) => {
        const reading = readCidr(cidrBlock);
        return reading.kind === "block" ? [[subnetId, reading.block]] : [];
      }),
    ),
    ofNodes: [...new Set(instances.map(({ subnetId }) => subnetId))],
  };
}

async function readCluster(
  podSubnets: readonly PodSubnet[],
  outside: ObserverOutside,
): Promise<PreviewFacts["cluster"] | NotSeen> {
  const tools = { ...outside, kubernetes: connectKubernetes(outside.kubeConfig, outside) };
  return seen("the nodes, pods and budgets", async () => {
    const observed = await observer(tools, podSubnets)();
    return { ...observed, cni: observed.awsNode };
  });
}
