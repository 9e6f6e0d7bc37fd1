import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../sandbox/aws/support/eventually";
import { podnetProcess, startedPodnet } from "../support/podnetProcess";
import { temporaryFolder } from "../support/temporaryFolder";

/** A pulumi that says its version, and then hears nobody until its folder is gone. */
const DEAF_PULUMI = `#!/bin/sh
[ "$1" = version ] && { echo v3.300.0; exit; }
trap "" INT TERM
touch "$ASKED"
while [ -e "$ASKED" ]; do sleep 0.1; done
`;

/** A pulumi that is ended by the first signal, as all commands of Pulumi are that change nothing. */
const HEARING_PULUMI = `#!/bin/sh
[ "$1" = "$WAITS_IN" ] && { touch "$ASKED"; exec sleep 600; }
echo v3.300.0
`;

const KUBECONFIG = {
  ...{ apiVersion: "v1", kind: "Config", "current-context": "prod" },
  contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
  clusters: [{ name: "prod", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "me", user: { token: "secret" } }],
};

const INTERRUPTED = { error: { exitCode: 130, message: "interrupted" } };

describe("podnet that is interrupted, with --json", function () {
  // A process that loads the clients of AWS takes a few seconds to start on a busy computer.
  this.timeout(120_000);
  let folder: string;
  let env: Record<string, string>;
  const write = (path: string, text: string) => {
    writeFileSync(join(folder, path), text);
  };
  beforeEach(() => {
    folder = temporaryFolder();
    for (const name of ["stacks", "bin"]) mkdirSync(join(folder, name));
    write("Pulumi.yaml", "name: eks-pod-network\nruntime: nodejs\nstackConfigDir: stacks\n");
    write("stacks/Pulumi.prod.yaml", "config: { eks-pod-network:clusterName: shop }\n");
    write("stacks/environments.yaml", "environments: [{ name: prod, region: us-west-2 }]\n");
    write("kubeconfig", JSON.stringify(KUBECONFIG));
    write("bin/pulumi", DEAF_PULUMI);
    chmodSync(join(folder, "bin", "pulumi"), 0o755);
    env = {
      KUBECONFIG: join(folder, "kubeconfig"),
      ASKED: join(folder, "asked"),
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "nobody",
      AWS_SECRET_ACCESS_KEY: "nothing",
    };
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("says so in its document where it has only begun", () => {
    const { code, stdout, stderr } = podnetProcess(
      ["preflight", "--cluster", "shop", "--region", "us-west-2", "--json"],
      { env, nodeArgs: ["--require", join(__dirname, "..", "support", "interruptWhileLoading.cjs")] },
    );
    assert.equal(code, 130, stderr);
    assert.deepEqual(JSON.parse(stdout), INTERRUPTED);
    assert.match(stderr, /^podnet preflight: interrupted$/m);
  });

  it("says so in its document where it is asked twice, and does not wait", async () => {
    const podnet = startedPodnet(["up", "prod", "--work-dir", folder, "--pulumi-root", folder, "--json"], {
      env,
    });
    await eventually(
      () => Promise.resolve(existsSync(join(folder, "asked"))),
      (isAsked) => isAsked,
      60_000,
    );
    podnet.process.kill("SIGINT");
    podnet.process.kill("SIGTERM");
    const { code, stdout, stderr } = await podnet.ended;
    assert.equal(code, 130, stderr);
    assert.deepEqual(JSON.parse(stdout), INTERRUPTED);
    assert.match(stderr, /podnet up: interrupted\n$/);
  });

  for (const command of ["version", "stack"]) {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      it(`says nothing but that where ${signal} ends pulumi ${command} as well, whoever hears it first`, async () => {
        write("bin/pulumi", HEARING_PULUMI);
        const podnet = startedPodnet(
          ["verify", "prod", "--work-dir", folder, "--pulumi-root", folder, "--json"],
          {
            env: { ...env, WAITS_IN: command },
            detached: true,
          },
        );
        await eventually(
          () => Promise.resolve(existsSync(join(folder, "asked"))),
          (isAsked) => isAsked,
          60_000,
        );
        // As a terminal does, and a runner of CI: to the whole group.
        process.kill(-(podnet.process.pid ?? assert.fail("podnet was not started")), signal);
        const { code, stdout, stderr } = await podnet.ended;
        assert.deepEqual([code, stderr], [130, "podnet verify: interrupted\n"]);
        assert.deepEqual(JSON.parse(stdout), INTERRUPTED);
      });
    }
  }
});
