import { dirname } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { OWN_PATHS } from "../../sandbox/daemonProtocol";
import {
  downSandbox,
  sandboxEnv,
  SANDBOX_ENV_UNSET,
  upSandbox,
  type SandboxRecord,
} from "../../sandbox/sandbox";
import { command, type Answer } from "../command";
import { claims, describeClaims, type DemoFindings } from "../demo/claims";
import { describeSubnetUse, subnetUse } from "../demo/subnetUse";
import { yes } from "../flag";
import type { Io } from "../io";
import { startProgress } from "../progress";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { preview } from "./preview";
import { rotate } from "./rotate";
import { up } from "./up";
import { verify } from "./verify";

const DEFAULT_NAME = "demo";
const ENVIRONMENT = "sandbox";

/** `podnet demo` */
export const demo = command({
  flags: {
    keep: yes("leave the sandbox as it is at the end, to look around in it"),
    name: { ...nameFlag, help: "the name of its sandbox; demo by default" },
  },
  help: `Examples:
  podnet demo
  podnet demo --keep
  podnet demo --json

Starts a Kubernetes control plane and an emulated AWS on this computer, with a cluster of 6 nodes whose pods take the
addresses of its nodes' subnets; migrates it with the commands that people type; and checks what it claims. It needs no
account and no network but the package registries, once.

Ctrl-C leaves everything as it is; run again, it goes on from there. Exit code 1 when anything it claims is not so.`,

  async run(_args, flags, io): Promise<Answer> {
    const name = flags.name ?? DEFAULT_NAME;
    const record = await startSandbox(name, io);
    useSandbox(record);
    const cluster = clientsOf(record);
    const section = (title: string) => {
      io.stderr(`\n== ${title}\n\n`);
    };
    const tell = (text: string) => {
      io.stderr(`${text}\n`);
    };
    // What people would type, with what they would read.
    const step = async (name: string, run: () => Answer | Promise<Answer>) => {
      section(`podnet ${name} ${ENVIRONMENT}`);
      const answer = await run();
      tell(answer.text);
      return answer;
    };
    const where = { workDir: packageFolder() };
    const pulumi = { ...where, pulumiRoot: standInPulumiRoot() };

    try {
      section("Before");
      const before = await subnetUse(cluster, record.clusterName);
      tell(describeSubnetUse(before));

      await step("preview", () => preview.run([ENVIRONMENT], pulumi, io));
      await step("up", () => up.run([ENVIRONMENT], pulumi, io));
      const rotation = await step("rotate", () => rotate.run([ENVIRONMENT], pulumi, io));
      const verification = await step("verify", () => verify.run([ENVIRONMENT], pulumi, io));
      const again = await step("preview", () => preview.run([ENVIRONMENT], pulumi, io));

      section("After");
      const after = await subnetUse(cluster, record.clusterName);
      tell(describeSubnetUse(after));

      const witness = await askWitness(record);
      const judged = claims({
        changesLeft: (again.json as { changes: readonly unknown[] }).changes.length,
        rotation: rotation.json as DemoFindings["rotation"],
        verification: verification.json as DemoFindings["verification"],
        witness,
      });
      const isProven = judged.every(({ holds }) => holds);
      section(isProven ? "Proven" : "Not proven");
      if (flags.keep !== true && isProven)
        await ofSandbox("Removing the sandbox", () => downSandbox({ name }));
      return {
        json: {
          isProven,
          claims: judged,
          before,
          after,
          rotation: rotation.json,
          verification: verification.json,
          witness,
        },
        text: `${describeClaims(judged)}\n\n${whatNext(flags.keep === true || !isProven, name)}`,
        isNo: !isProven,
      };
    } catch (error) {
      io.stderr(
        `\nThe sandbox stays as it is: podnet demo goes on from here, ${removal(name)} removes it.\n`,
      );
      throw error;
    }
  },
});

function removal(name: string): string {
  return `podnet sandbox down --name ${name}`;
}

async function startSandbox(name: string, io: Io): Promise<SandboxRecord> {
  io.stderr("== A cluster on this computer\n\n");
  const progress = startProgress(io);
  try {
    return await ofSandbox("Starting the sandbox", () =>
      upSandbox({ name, world: "small", progress, signal: io.signal }),
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

async function askWitness({ awsEndpoint }: SandboxRecord): Promise<DemoFindings["witness"]> {
  const response = await fetch(new URL(OWN_PATHS.witness, awsEndpoint));
  return (await response.json()) as DemoFindings["witness"];
}

/** Where Pulumi.yaml and the environments are that come with podnet. */
function packageFolder(): string {
  return dirname(require.resolve("eks-pod-network/package.json"));
}

function whatNext(isKept: boolean, name: string): string {
  return isKept
    ? `The sandbox stays: eval "$(podnet sandbox env --name ${name})" to look around, ${removal(name)} to remove it.`
    : `Nothing of it is left. To do the same with a cluster of yours: write stacks/Pulumi.NAME.yaml after the example of
stacks/Pulumi.sandbox.yaml and name it in stacks/environments.yaml; then podnet preview NAME, up, rotate, verify.`;
}
