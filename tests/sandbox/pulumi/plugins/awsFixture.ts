import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { startFront, type FrontOptions } from "../../../../sandbox/aws/front";
import { startMoto } from "../../../../sandbox/aws/moto";
import type { ControlPlane } from "../../../../sandbox/controlPlane/controlPlane";
import { PluginProcess, type Json } from "./pluginProcess";

/** An emulated AWS, clients of it, and the plugin in a process of its own, configured for it. */
export interface AwsFixture {
  readonly endpoint: string;
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly plugin: PluginProcess;
}

/**
 * What the tests of a `describe` of the aws plugin need: started before them, gone after them.
 *
 * @param controlPlane of the EKS cluster; without one there is no EKS.
 * @param pace of EKS. @default the sandbox's
 */
export function awsFixture(
  configuration: Json,
  controlPlane: () => ControlPlane = noControlPlane,
  pace: FrontOptions["pace"] = {},
): () => AwsFixture {
  const undo: (() => unknown)[] = [];
  let fixture: AwsFixture | undefined;
  before(async function () {
    this.timeout(600_000);
    const moto = await startMoto(console.log);
    undo.push(moto.stop);
    const front = await startFront({
      motoEndpoint: moto.endpoint,
      region: "us-west-2",
      accountId: "123456789012",
      cluster: controlPlane(),
      pace,
      log: console.log,
    });
    undo.push(() => front.close());
    const client = {
      endpoint: front.endpoint,
      region: "us-west-2",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const autoScaling = new AutoScalingClient(client);
    const ec2 = new EC2Client(client);
    const eks = new EKSClient(client);
    const plugin = await PluginProcess.start("aws", { AWS_ENDPOINT_URL: front.endpoint });
    undo.push(() => plugin.stop());
    await plugin.configure(configuration);
    fixture = { endpoint: front.endpoint, autoScaling, ec2, eks, plugin };
  });
  after(async () => {
    for (const stop of undo.reverse()) await stop();
  });
  return () => {
    if (fixture === undefined) throw new Error("the emulated AWS is there while tests run, and not before");
    return fixture;
  };
}

/** A cluster that nobody answers for: what is tested does not ask it. */
function noControlPlane(): ControlPlane {
  const folder = mkdtempSync(join(tmpdir(), "podnet-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const server = "https://127.0.0.1:1";
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "none", cluster: { server } }],
      users: [{ name: "none", user: {} }],
      contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
      "current-context": "none",
    }),
  );
  return { server, certificateAuthority: "", kubeconfig };
}
