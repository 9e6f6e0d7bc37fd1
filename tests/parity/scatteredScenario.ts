import { GetInstanceProfileCommand, IAMClient } from "@aws-sdk/client-iam";
import { DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { PodNetworkArgs } from "../../components";
import type { SandboxRecord } from "../../sandbox/sandbox";
import type { Trial } from "./trial";

/** Those that the program or protection refuses. */
const REFUSED = new Set(["fewer groups", "the add-on, which is not there"]);

/** A cluster whose aws-node is nobody's add-on, with plain Auto Scaling groups; and its conversion to the add-on. */
export async function scatteredScenario(trial: Trial): Promise<void> {
  const settings = await settingsFor(trial.record);
  const [apps, workers] = settings.workerGroups ?? [];
  if (apps === undefined || workers === undefined) throw new Error("the scenario has two groups of workers");
  await trial.newStack();
  await trial.preview("everything, planned", settings);
  await trial.up("everything", settings);
  await trial.outputs("outputs");
  await trial.preview("again, planned", settings);

  const edits: Readonly<Record<string, Partial<PodNetworkArgs>>> = {
    "a variable changed": { cni: { env: { WARM_IP_TARGET: "6" } } },
    "a variable more": { cni: { env: { MAX_ENI: "3" } } },
    "a variable of the init container": { cni: { initEnv: { DISABLE_TCP_EARLY_DEMUX: "true" } } },
    "more workers": { workerGroups: [apps, { ...workers, maxSize: 9 }] },
    "workers with a label more": {
      workerGroups: [apps, { ...workers, labels: { workload: "workers", tier: "2" } }],
    },
    "workers of another type": { workerGroups: [apps, { ...workers, instanceTypes: ["m6i.large"] }] },
    "fewer groups": { workerGroups: [apps] },
    "the add-on, which is not there": { cni: { mode: "addOn" } },
    "the add-on, to be made": { cni: { mode: "addOn", adopt: false } },
  };
  for (const [edit, change] of Object.entries(edits)) {
    const end = REFUSED.has(edit) ? "fails" : "succeeds";
    await trial.preview(`${edit}, planned`, { ...settings, ...change }, end);
  }
  await trial.up("a variable changed", { ...settings, ...edits["a variable changed"] });
  await trial.preview("a variable changed, planned again", { ...settings, ...edits["a variable changed"] });
  await trial.preview("the variable let go, planned", settings);
  const converted = { ...settings, ...edits["the add-on, to be made"] };
  await trial.up("converted to the add-on", converted);
  await trial.preview("converted to the add-on, planned again", converted);
  await trial.operate("destroyed, which protection refuses", ["destroy", "--yes", "--skip-preview"], "fails");
}

async function settingsFor({ awsEndpoint: endpoint, region }: SandboxRecord): Promise<PodNetworkArgs> {
  const aws = { endpoint, region, credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" } };
  const { InstanceProfile } = await new IAMClient(aws).send(
    new GetInstanceProfileCommand({ InstanceProfileName: "orders-prod-workers" }),
  );
  const { Images: [image] = [] } = await new EC2Client(aws).send(
    new DescribeImagesCommand({ Filters: [{ Name: "name", Values: ["amazon-eks-node-al2023-x86_64-*"] }] }),
  );
  return {
    clusterName: "orders-prod",
    podCidrs: ["100.64.0.0/16"],
    tags: { team: "orders" },
    workerGroups: [
      { name: "pods-apps", replaces: ["apps"], like: "apps", maxSize: 4 },
      {
        name: "pods-workers",
        replaces: ["orders-prod-workers"],
        kind: "autoScaling",
        instanceTypes: ["m5.large"],
        imageId: image?.ImageId ?? "",
        osFamily: "al2023",
        instanceProfileArn: InstanceProfile?.Arn ?? "",
        labels: { workload: "workers" },
        maxSize: 4,
      },
    ],
  };
}
