import type { PodNetworkArgs } from "../../components";
import { bystanderIn } from "./bystander";
import type { Trial } from "./trial";

const SETTINGS: PodNetworkArgs = {
  clusterName: "bare",
  podCidrs: ["100.64.0.0/16"],
  tags: { team: "platform" },
  workerGroups: [{ name: "pods", replaces: ["general"], like: "general", maxSize: 4 }],
};

/** The edits that people make to the stack of a cluster with the add-on, each by itself. */
const EDITS: Readonly<Record<string, Partial<PodNetworkArgs>>> = {
  "a range more": { podCidrs: ["100.64.0.0/16", "100.65.0.0/16"] },
  "another range in its place": { podCidrs: ["100.66.0.0/16"] },
  "other tags": { tags: { owner: "platform" } },
  "smaller pod subnets": { subnetPrefixLength: 20 },
  "a variable of the CNI": { cni: { env: { WARM_IP_TARGET: "6" } } },
  "an older CNI": { cni: { addOnVersion: "v1.22.1-eksbuild.1" } },
  "a zone less": { zones: ["us-west-2a", "us-west-2b"] },
  "a zone less, by force": { zones: ["us-west-2a", "us-west-2b"], force: ["pod-subnet-in-use"] },
  "security groups of pods": { securityGroupIds: ["sg-0123456789abcdef0"] },
  "gateways of their own": { egress: "natPerZone" },
  "a tag for the CNI, and reservations": { cniRoleTag: true, prefixReservations: true },
  "a group with subnets of its own": { podGroups: [{ name: "gpu", zones: ["us-west-2a"] }] },
  "more workers": { workerGroups: [{ name: "pods", replaces: ["general"], like: "general", maxSize: 9 }] },
  "workers of another type": {
    workerGroups: [{ name: "pods", replaces: ["general"], like: "general", instanceTypes: ["m6i.large"] }],
  },
  "workers of another name": { workerGroups: [{ name: "moved", replaces: ["general"], like: "general" }] },
  "no workers": { workerGroups: [] },
  "a cluster that is not there": { clusterName: "nowhere" },
};

/** Those that the program or protection refuses. */
const REFUSED = new Set([
  "another range in its place",
  "an older CNI",
  "a zone less",
  "a zone less, by force",
  "workers of another type",
  "workers of another name",
  "no workers",
  "a cluster that is not there",
]);

/**
 * A cluster with the add-on: every edit, drift, taking over what is there, a failure in the middle, a kill, and
 * protection.
 */
export async function bareScenario(trial: Trial): Promise<void> {
  await trial.newStack();
  await trial.preview("everything, planned", SETTINGS);
  await trial.up("everything", SETTINGS);
  await trial.outputs("outputs");
  await trial.preview("again, planned", SETTINGS);
  await trial.up("again", SETTINGS);
  for (const [edit, change] of Object.entries(EDITS)) {
    const end = REFUSED.has(edit) ? "fails" : "succeeds";
    await trial.preview(`${edit}, planned`, { ...SETTINGS, ...change }, end);
  }
  const edited: PodNetworkArgs = {
    ...SETTINGS,
    ...EDITS["other tags"],
    ...EDITS["a variable of the CNI"],
    ...EDITS["more workers"],
  };
  await trial.up("an edit", edited);

  await drift(trial, edited);
  const grown = { ...edited, podGroups: [{ name: "gpu" }] };
  await takeOver(trial, edited);
  await failInTheMiddle(trial, grown);
  await killAndResume(trial, grown);
  await trial.operate("destroyed, which protection refuses", ["destroy", "--yes", "--skip-preview"], "fails");
}

async function drift(trial: Trial, settings: PodNetworkArgs): Promise<void> {
  const bystander = bystanderIn(trial.record);
  const subnets = await bystander.podSubnets("100.64.*");
  await bystander.tag(subnets.get("us-west-2a") ?? "", "owner", "somebody");
  await bystander.untag(subnets.get("us-west-2b") ?? "", "owner");
  await bystander.disassociate(subnets.get("us-west-2c") ?? "");
  await bystander.deleteEniConfig("us-west-2b");
  await trial.operate("drift, only refreshed in a plan", ["refresh", "--preview-only"]);
  await trial.preview("drift, planned", settings);
  await trial.up("drift, mended", settings);
  await trial.preview("drift, mended, planned again", settings);

  await bystander.takeOver("us-west-2a", subnets.get("us-west-2b") ?? "");
  await trial.preview("a field that somebody took, planned", settings);
  await trial.up("a field that somebody took", settings, "fails");
  await bystander.deleteEniConfig("us-west-2a");
  await trial.up("an object that somebody deleted", settings);
}

async function failInTheMiddle(trial: Trial, settings: PodNetworkArgs): Promise<void> {
  const bystander = bystanderIn(trial.record);
  await bystander.refuseEniConfig("gpu-us-west-2b");
  await trial.up("a failure in the middle", settings, "fails");
  // Pulumi asks the API server for a dry run, which is refused as well.
  await trial.preview("what is left after it, planned", settings, "fails");
  await bystander.refuseNothing("gpu-us-west-2b");
  await trial.up("continued after it", settings);
}

/** While three node groups are being made: nobody knows afterwards whether they were. */
async function killAndResume(trial: Trial, settings: PodNetworkArgs): Promise<void> {
  const bystander = bystanderIn(trial.record);
  const batch = { name: "batch", replaces: [], like: "general", minSize: 1, maxSize: 2 };
  const nodeGroups = ["us-west-2a", "us-west-2b", "us-west-2c"].map((zone) => `${batch.name}-${zone}`);
  const larger = { ...settings, workerGroups: [...(settings.workerGroups ?? []), batch] };
  await bystander.takeCapacity();
  await trial.killedUp(larger, () => bystander.haveState(nodeGroups, "CREATING"));
  await bystander.giveCapacity();
  await bystander.haveState(nodeGroups, "ACTIVE");
  await trial.pendingOperations("what was under way when it was killed");

  await trial.up("refused after the kill, by its lock", larger, "fails");
  await trial.preview("planned all the same", larger);
  await trial.command("the lock taken away", ["cancel", "--yes"]);
  await trial.up("resumed, which finds the groups there", larger, "fails");
  await trial.pendingOperations("what is still not known");
  const adopting = { ...larger, adopt: { nodeGroups } };
  await trial.operate("cleared", ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
  await trial.up("resumed, with the groups taken over", adopting);
  await trial.pendingOperations("what is not known in the end");
  await trial.outputs("outputs after the kill");
  await trial.preview("resumed, planned again", larger);
}

/** By a stack that knows nothing, as after a lost state. */
async function takeOver(trial: Trial, settings: PodNetworkArgs): Promise<void> {
  const bystander = bystanderIn(trial.record);
  await trial.forgetStack("forgotten");
  await trial.newStack();
  await trial.preview("everything, of a stack that knows nothing", settings);
  const zones = ["us-west-2a", "us-west-2b", "us-west-2c"];
  const adopting: PodNetworkArgs = {
    ...settings,
    adopt: {
      cidrBlocks: settings.podCidrs,
      podSubnets: [...(await bystander.podSubnets("100.64.*")).values()],
      eniConfigs: zones,
      nodeGroups: zones.map((zone) => `pods-${zone}`),
    },
  };
  await trial.preview("taken over, planned", adopting);
  await trial.up("taken over", adopting);
  await trial.outputs("outputs of what was taken over");
  await trial.preview("no longer taken over, planned", settings);
}
