import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startFront } from "./aws/front";
import { frontMemory, readMemory, writeMemory } from "./aws/frontMemory";
import { files } from "./controlPlane/components";
import { listeningLine, OWN_PATHS } from "./daemonProtocol";
import { startDataPlane } from "./dataPlane/dataPlane";
import { RecognisedBlocks } from "./egress/recognisedBlocks";
import { recognitionCalls } from "./egress/recognitionCalls";
import { startEgress } from "./egress/startEgress";
import { writeOutsideKubeconfig } from "./outsideKubeconfig";
import { readRecord, type SandboxRecord } from "./record";
import { keptFiles } from "./snapshot/keptFiles";
import { startWitness } from "./witness/witness";

/** How often it looks whether the rest of the sandbox is there. */
const POLL_MS = 50;

/**
 * The sandbox's process for everything that is ours: the front of AWS, the data plane, the API server's way to nodes and
 * pods, and the witness.
 *
 * It is started together with the others, so that it is loaded by the time at which they are ready, and begins when
 * the record says where they are. What can't go on ends it, which `podnet sandbox status` tells.
 */
async function runDaemon(folder: string): Promise<void> {
  const { region, accountId, kubeconfig, motoEndpoint, server, frontPort, recogniseAfter, pace } =
    await completeRecord(folder);
  const log = (line: string) => {
    console.log(`${new Date().toISOString()} ${line}`);
  };
  const witness = await startWitness({ kubeconfig, log });
  const blocks = new RecognisedBlocks((recogniseAfter ?? 0) * 1000);
  const memoryFile = join(folder, keptFiles.front);
  const memory = existsSync(memoryFile) ? readMemory(readFileSync(memoryFile), server) : frontMemory();
  const front = await startFront({
    motoEndpoint,
    memory,
    port: frontPort,
    region,
    accountId,
    cluster: {
      server,
      certificateAuthority: readFileSync(join(folder, files.certificateAuthority), "utf8"),
      kubeconfig,
    },
    paceFactor: pace,
    onPublicEndpoint: (address) => {
      writeOutsideKubeconfig(folder, kubeconfig, address);
    },
    log,
    ownPaths: {
      [OWN_PATHS.health]: () => ({ ok: true }),
      [OWN_PATHS.witness]: () => witness.report(),
      [OWN_PATHS.keep]: () => {
        writeFileSync(memoryFile, writeMemory(memory, server), { mode: 0o600 });
        return { ok: true };
      },
      [OWN_PATHS.blocks]: recognitionCalls(blocks, Date.now),
    },
  });
  const dataPlane = await startDataPlane({
    awsEndpoint: front.endpoint,
    region,
    kubeconfig,
    pace,
    log,
    onAwsChange: (listener) => {
      front.onChange(listener);
    },
  });
  await startEgress({
    // Relative, as the API server has it: both work in the sandbox's folder.
    socket: files.egressSocket,
    kubeconfig,
    awsEndpoint: front.endpoint,
    region,
    tls: { cert: join(folder, files.serverCertificate), key: join(folder, files.serverKey) },
    dataPlane,
    blocks,
    log,
  });
  console.log(listeningLine(front.endpoint));
}

async function completeRecord(folder: string): Promise<SandboxRecord> {
  for (;;) {
    const record = readRecord(folder);
    if (record === undefined) throw new Error(`there is no sandbox in ${folder}`);
    if (record.motoEndpoint !== "" && record.server !== "") return record;
    await sleep(POLL_MS);
  }
}

runDaemon(process.argv[2] ?? "").catch((error: unknown) => {
  // With its first line last, which is what whoever starts the sandbox is shown.
  console.error(error instanceof Error ? error.stack : error);
  console.error(String(error));
  process.exit(1);
});
