import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { startFront, type Front, type FrontOptions } from "../../../../sandbox/aws/front";
import { startMoto, type Moto } from "../../../../sandbox/aws/moto";
import { temporaryFolder } from "../../../support/temporaryFolder";

/** The region and account of all tests here. */
export const REGION = "us-west-2";
export const ACCOUNT_ID = "123456789012";

/** What tests ask. */
export interface FrontUnderTest {
  readonly front: Front;
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly eks: EKSClient;
  /** What the front logged. */
  readonly lines: readonly string[];
}

/**
 * A front on a moto of its own, for the tests of a `describe`.
 *
 * @param cluster its control plane, once it runs; by default one that doesn't answer.
 * @returns what answers the clients once the tests run.
 */
export function frontFixture(
  options: Partial<Pick<FrontOptions, "clock" | "pace" | "ownPaths" | "quotas">> = {},
  cluster?: () => FrontOptions["cluster"],
): () => FrontUnderTest {
  const given = cluster ?? silentCluster();
  let moto: Moto | undefined;
  let started: FrontUnderTest | undefined;
  before(async function () {
    this.timeout(600_000);
    const lines: string[] = [];
    moto = await startMoto(console.log);
    const front = await startFront({
      motoEndpoint: moto.endpoint,
      region: REGION,
      accountId: ACCOUNT_ID,
      cluster: given(),
      log: (line) => lines.push(line),
      ...options,
    });
    const client = {
      endpoint: front.endpoint,
      region: REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const [ec2, autoScaling, eks] = [
      new EC2Client({ ...client, maxAttempts: 1 }),
      new AutoScalingClient({ ...client, maxAttempts: 1 }),
      new EKSClient({ ...client, maxAttempts: 1 }),
    ];
    started = { front, ec2, autoScaling, eks, lines };
  });
  after(async () => {
    started?.ec2.destroy();
    started?.autoScaling.destroy();
    started?.eks.destroy();
    await started?.front.close();
    await moto?.stop();
  });
  return () => {
    if (started === undefined) throw new Error("the front is there while tests run, and not before");
    return started;
  };
}

/** A kubeconfig of a server that nobody runs. */
function silentCluster(): () => FrontOptions["cluster"] {
  const server = "https://127.0.0.1:1";
  let folder: string;
  before(() => {
    folder = temporaryFolder();
    writeFileSync(
      join(folder, "kubeconfig"),
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "silent",
        contexts: [{ name: "silent", context: { cluster: "silent", user: "nobody" } }],
        clusters: [{ name: "silent", cluster: { server } }],
        users: [{ name: "nobody", user: {} }],
      }),
    );
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  return () => ({ server, certificateAuthority: "a certificate\n", kubeconfig: join(folder, "kubeconfig") });
}
