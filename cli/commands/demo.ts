import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { cacheFolder } from "../../sandbox/cacheFolder";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import {
  downSandbox,
  sandboxEnv,
  SANDBOX_ENV_UNSET,
  upSandbox,
  type SandboxRecord,
} from "../../sandbox/sandbox";
import { command, type Answer } from "../command";
import { claims, describeClaims, type DemoFindings } from "../demo/claims";
import { checkAsked } from "../demo/demoFlags";
import { demoProject, packageFolder } from "../demo/demoProject";
import {
  DEFAULT_NAME,
  demoCommand,
  describeCutOff,
  describeKept,
  THE_SAME_WITH_YOURS,
  type AskedDemo,
} from "../demo/demoText";
import { describeSubnetUse, subnetUse } from "../demo/subnetUse";
import { askWitness } from "../demo/witness";
import { wholeNumber, yes } from "../flag";
import type { Io } from "../io";
import type { MigrationDocument } from "../migrate/migrationStep";
import { startProgress } from "../progress";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { worldFlag } from "../worldFlag";
import { init } from "./init";
import { migrateEnvironment } from "./migrate";
import { preview } from "./preview";
import { report } from "./report";

const ENVIRONMENT = "sandbox";

/** The world whose cluster the stack `sandbox` is of that comes with podnet. */
const WORLD_OF_STACK = "small";

/** `podnet demo` */
export const demo = command({
  flags: {
    world: worldFlag("the cluster that it migrates; small by default"),
    nodes: wholeNumber("how many nodes the world large has; 200 by default", 10, 1000),
    output: {
      ...report.flags.output,
      help: "the file of the report, which stays; NAME-report.html in the cache folder by default",
    },
    keep: yes("leave the sandbox as it is at the end, to look around in it"),
    name: { ...nameFlag, help: "the name of its sandbox; demo by default" },
  },
  help: `Examples:
  podnet demo
  podnet demo --keep
  podnet demo --world scattered
  podnet demo --world large --nodes 50
  podnet demo -o demo.html
  podnet demo --json

Starts a Kubernetes control plane and an emulated AWS on this computer, with a cluster of 6 nodes whose pods take the
addresses of its nodes' subnets; migrates it as podnet migrate does, with every step approved, while a watcher of its own
counts each moment in which fewer pods are ready than a PodDisruptionBudget promises; and checks what it claims. It needs no
account and no network but the package registries, once.

With --world another cluster is migrated, of which podnet init proposes the environment first. Where preflight finds what
a person has to decide, it stops there, shows it, and leaves the sandbox for you to put it right. podnet sandbox worlds
lists them all.

Ctrl-C leaves everything as it is; run again, it goes on from there. Exit code 1 when anything it claims is not so, or the
migration is not done.`,

  async run(_args, { keep: isKept = false, ...asked }, io): Promise<Answer> {
    checkAsked(asked);
    const record = await startSandbox(asked, io);
    useSandbox(record);
    const output = asked.output ?? join(cacheFolder(), `${record.name}-report.html`);
    try {
      const seen = await migrated(record, asked, output, io);
      const isProven = "claims" in seen && seen.claims.every(({ holds }) => holds);
      heading(isProven ? "Proven" : "Not proven", io);
      if (isProven && !isKept)
        await ofSandbox("Removing the sandbox", () => downSandbox({ name: record.name }));
      const { text, ...found } = seen;
      const after =
        isProven && !isKept ? `Nothing of it is left but its report, ${output}.` : describeKept(asked);
      return {
        json: { isProven, world: record.world, ...found },
        text: [text, after, ...(isProven ? [THE_SAME_WITH_YOURS] : [])].join("\n\n"),
        isNo: !isProven,
      };
    } catch (error) {
      io.stderr(`\n${describeCutOff(asked)}\n`);
      throw error;
    }
  },
});

/** Migrates the cluster of a sandbox, and says what of its claims is so; a migration that is not done claims nothing. */
async function migrated(record: SandboxRecord, asked: AskedDemo, output: string, io: Io) {
  const cluster = clientsOf(record);
  const flags = { workDir: await workDirFor(record, io), pulumiRoot: standInPulumiRoot() };
  const used = async (title: string) => {
    heading(title, io);
    const uses = await ofSandbox("Looking at the subnets", () => subnetUse(cluster, record.clusterName));
    io.stderr(`${describeSubnetUse(uses)}\n`);
    return uses;
  };

  const before = await used("Before");
  const migrating = await migrateEnvironment(
    ENVIRONMENT,
    { ...flags, yes: true, output },
    { io, next: demoCommand(asked) },
  );
  const { outcome, steps } = migrating.json as MigrationDocument;
  const migration = {
    outcome,
    steps: steps.map(({ step, outcome, says, answer }) => ({
      ...{ step, outcome, says },
      // Why it ended, where it did.
      ...(outcome === "no" && { answer }),
    })),
  };
  const documentOf = (name: string) => steps.find(({ step }) => step === name)?.answer;
  const witnessed = { rotation: documentOf("rotate"), verification: documentOf("verify") };
  if (outcome !== "done") {
    return {
      migration,
      before,
      ...witnessed,
      witness: await askWitness(record, io.signal),
      text: migrating.text,
    };
  }

  heading(`podnet preview ${ENVIRONMENT}`, io);
  const again = await preview.run([ENVIRONMENT], flags, io);
  io.stderr(`${again.text}\n`);
  const after = await used("After");
  const witness = await askWitness(record, io.signal);
  const judged = claims({
    changesLeft: (again.json as { changes: readonly unknown[] }).changes.length,
    rotation: witnessed.rotation as DemoFindings["rotation"],
    verification: witnessed.verification as DemoFindings["verification"],
    witness,
  });
  return { claims: judged, migration, before, after, ...witnessed, witness, text: describeClaims(judged) };
}

/** The folder of Pulumi.yaml and of the environment: podnet's own, or one that is proposed for this cluster. */
async function workDirFor(record: SandboxRecord, io: Io): Promise<string> {
  if (record.world === WORLD_OF_STACK) return packageFolder();
  return demoProject(record, async (workDir) => {
    const { clusterName: cluster, region } = record;
    heading(`podnet init --cluster ${cluster} --region ${region} --name ${ENVIRONMENT}`, io);
    const { text } = await init.run([], { cluster, region, name: ENVIRONMENT, workDir }, io);
    io.stderr(`${text}\n`);
  });
}

function heading(title: string, io: Io): void {
  io.stderr(`\n== ${title}\n\n`);
}

async function startSandbox(
  { name = DEFAULT_NAME, world = "small", nodes }: AskedDemo,
  io: Io,
): Promise<SandboxRecord> {
  io.stderr("== A cluster on this computer\n\n");
  const progress = startProgress(io);
  try {
    return await ofSandbox("Starting the sandbox", () =>
      upSandbox({ name, world, nodes, progress, signal: io.signal }),
    );
  } finally {
    progress.close();
  }
}

/** As `eval "$(podnet sandbox env)"` does, for the commands that run in this process and for their children. */
function useSandbox(record: SandboxRecord): void {
  for (const name of SANDBOX_ENV_UNSET) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, sandboxEnv(record));
}

function clientsOf({ awsEndpoint, region, kubeconfig }: SandboxRecord) {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  return {
    ec2: new EC2Client({ endpoint: awsEndpoint, region }),
    core: kubeConfig.makeApiClient(CoreV1Api),
  };
}
