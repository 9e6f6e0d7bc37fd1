import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { faultPath } from "../../sandbox/aws/faults/faultPath";
import { faultRegister, type Faults } from "../../sandbox/aws/faults/faults";
import { startFrontServer, type FrontServer } from "../../sandbox/aws/frontServer";
import { FAULTS_PATH } from "../../sandbox/daemonProtocol";
import { writeRecord } from "../../sandbox/record";
import { ownCacheFolder } from "../support/cacheFolder";
import { podnet } from "../support/podnet";

describe("podnet sandbox fault and faults", () => {
  const cache = ownCacheFolder();
  let faults: Faults;
  let server: FrontServer;
  beforeEach(async () => {
    faults = faultRegister({ now: () => 0 });
    const refuse = () => Promise.reject(new Error("no call to AWS is expected"));
    server = await startFrontServer(refuse, { [FAULTS_PATH]: faultPath(faults) }, () => undefined);
    const folder = join(cache.path(), "eks-pod-network", "sandboxes", "default");
    mkdirSync(folder, { recursive: true });
    writeRecord({
      name: "default",
      world: "small",
      folder,
      region: "us-west-2",
      accountId: "123456789012",
      clusterName: "small",
      server: "https://127.0.0.1:1",
      awsEndpoint: server.endpoint,
      motoEndpoint: "http://127.0.0.1:1",
      kubeconfig: join(folder, "kubeconfig"),
      kubectl: "",
      processes: [],
      startedAt: "2026-11-21T10:00:00.000Z",
      state: "ready",
    });
  });
  afterEach(() => server.close());

  it("add a fault, list it and end it", async () => {
    const line = "sandbox fault throttle --action ec2:Describe* --times 3 --for 2m --every 2";
    assert.deepEqual(await podnet(line), {
      code: 0,
      stdout:
        "f-1: throttle of ec2:Describe*, 3 calls, each of 2, for 120 s. podnet sandbox faults --clear f-1 ends it.\n",
      stderr: "",
    });
    const [fault] = faults.list();
    assert.deepEqual(
      { kind: fault?.kind, action: fault?.action, times: fault?.times, for: fault?.for, every: fault?.every },
      { kind: "throttle", action: "ec2:Describe*", times: 3, for: 120, every: 2 },
    );
    await podnet("sandbox fault stale --lag 3s --from nodes");
    assert.equal(
      (await podnet("sandbox faults")).stdout,
      `ID   FAULT                                                     HITS  STATE
f-1  throttle of ec2:Describe*, 3 calls, each of 2, for 120 s     0  in force
f-2  stale of *:*, 3 s behind, from nodes                         0  in force
`,
    );
    const { stdout } = await podnet("sandbox faults --json");
    assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify({ faults: faults.list() })));
    assert.equal((await podnet("sandbox faults --clear f-1")).stdout, "1 fault is over.\n");
    assert.deepEqual(
      faults.list().map(({ id }) => id),
      ["f-2"],
    );
    assert.deepEqual(await podnet("sandbox faults --clear f-1"), {
      code: 1,
      stdout: "There is no fault f-1.\n",
      stderr: "",
    });
    await podnet("sandbox faults --clear");
    assert.match((await podnet("sandbox faults")).stdout, /^There are no faults\./);
  });

  it("say all that is wrong with a fault, by the names on the command line", async () => {
    const { code, stderr } = await podnet(
      "sandbox fault leak-eni --action ec2:* --lag 3s --instance-type m5.large",
    );
    assert.equal(code, 2);
    assert.match(stderr, /^podnet sandbox fault: 3 problems\n/);
    assert.match(stderr, /\n {2}--action: leak-eni is about ec2:TerminateInstances alone\.\n/);
    assert.match(stderr, /\n {2}--lag: is for stale, not for leak-eni\.\n/);
    assert.match(stderr, /\n {2}--instance-type: is for insufficient-capacity, not for leak-eni\.\n/);
    assert.equal(
      (await podnet("sandbox fault throtle")).stderr,
      'podnet sandbox fault: 1 problem\n  KIND: "throtle" is no kind of fault.\n' +
        "    -> Did you mean throttle? There are throttle, error, unavailable, timeout, lost-answer, expired-credentials, " +
        "access-denied, stale, associate-failed, insufficient-capacity, leak-eni.\n",
    );
    assert.match((await podnet("sandbox fault error --for soon")).stderr, /"soon" is no duration/);
    assert.deepEqual(faults.list(), []);
  });

  it("say that there is no sandbox, and how to start it", async () => {
    const { code, stderr } = await podnet("sandbox faults --name other");
    assert.equal(code, 3);
    assert.match(stderr, /it is not up\n {2}-> podnet sandbox up --name other starts it\.\n$/);
  });

  it("say that its daemon does not answer", async () => {
    await server.close();
    assert.deepEqual(await podnet("sandbox faults"), {
      code: 3,
      stdout: "",
      stderr:
        `podnet sandbox faults: Asking the sandbox failed: its daemon does not answer at ${server.endpoint}\n` +
        "  -> podnet sandbox status tells which of its parts ended; podnet sandbox reset starts it anew.\n",
    });
  });
});
