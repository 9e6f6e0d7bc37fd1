import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join, relative } from "node:path";
import { CreateTagsCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { EnvironmentStatus } from "../../automation/status/readStatus";
import { faultClient } from "../../sandbox/aws/faults/faultClient";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { builtPodnet } from "../support/podnetProcess";
import { outsideOf } from "../support/preflight";
import { sandboxFixture } from "../support/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";

const root = join(__dirname, "..", "..");

const STACK = `config:
  eks-pod-network:clusterName: bare
  eks-pod-network:podCidrs: [100.64.0.0/16]
  eks-pod-network:workerGroups:
    - name: pods-general
      replaces: [general]
      instanceTypes: [m5.large]
      nodeRoleArn: arn:aws:iam::123456789012:role/bare-node
      maxSize: 4
`;

/** Keys of the shell, which no environment with a profile may be asked with. */
const SHELL_KEY = "KEYOFSHELL";

/** Hands every request on to an AWS, and keeps the keys that they came with. */
async function keyRecorder(
  endpoint: () => string,
): Promise<{ server: Server; url: string; keys: Set<string> }> {
  const keys = new Set<string>();
  const server = createServer((asked, answer) => {
    const { method, url = "/", headers } = asked;
    const key = /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1];
    keys.add(key ?? "none");
    const onward = request(new URL(url, endpoint()), { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys };
}

/** What became of one environment, as the document of a run of many has it. */
interface Told {
  readonly environment: string;
  readonly outcome: string;
  readonly exitCode?: number;
  readonly because?: string;
  readonly of?: string;
  readonly document?: Record<string, unknown>;
}

describe("several environments, each on a cluster and an AWS of its own", function () {
  this.timeout(420_000);
  const first = sandboxFixture("bare");
  const second = sandboxFixture("bare");
  let workDir: string;
  let ways: Awaited<ReturnType<typeof keyRecorder>>[] = [];

  before(async () => {
    workDir = temporaryFolder();
    ways = [
      await keyRecorder(() => first.record().awsEndpoint),
      await keyRecorder(() => second.record().awsEndpoint),
    ];
    const write = (path: string, text: string) => {
      writeFileSync(join(workDir, path), text);
    };
    for (const folder of ["stacks", "states-dev", "states-prod", "states-shell"]) {
      mkdirSync(join(workDir, folder));
    }
    const project = readFileSync(join(root, "Pulumi.yaml"), "utf8");
    write("Pulumi.yaml", project.replace("main: ", `main: ${relative(workDir, root)}/`));
    write("stacks/Pulumi.dev.yaml", STACK);
    write("stacks/Pulumi.prod.yaml", STACK);
    write(
      "stacks/environments.yaml",
      `environments:
  - name: dev
    account: "123456789012"
    region: us-west-2
    profile: shop-dev
    kubeconfig: ${first.record().kubeconfig}
    backend: file://./states-dev
  - name: prod
    account: "123456789012"
    region: us-west-2
    profile: shop-prod
    kubeconfig: ${second.record().kubeconfig}
    backend: file://./states-prod
    after: [dev]
    approval: required
`,
    );
    const names = ["shop-dev", "shop-prod"];
    write(
      "aws-config",
      names.map((name, at) => `[profile ${name}]\nendpoint_url = ${ways[at]?.url ?? ""}\n`).join(""),
    );
    write(
      "aws-credentials",
      names
        .map((name, at) => `[${name}]\naws_access_key_id = KEYOF${at}\naws_secret_access_key = secret\n`)
        .join(""),
    );
  });
  after(() => {
    for (const { server } of ways) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(workDir, { recursive: true });
  });

  /** Runs podnet in a shell that has keys, a kubeconfig and a backend of its own. */
  const podnet = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = {
        ...process.env,
        ...first.env(),
        PATH: [join(standInPulumiRoot(), "bin"), process.env.PATH].join(delimiter),
        AWS_ENDPOINT_URL: "",
        AWS_ACCESS_KEY_ID: SHELL_KEY,
        AWS_CONFIG_FILE: join(workDir, "aws-config"),
        AWS_SHARED_CREDENTIALS_FILE: join(workDir, "aws-credentials"),
        KUBECONFIG: join(workDir, "no-kubeconfig"),
        PULUMI_BACKEND_URL: `file://${join(workDir, "states-shell")}`,
      };
      const child = execFile(
        process.execPath,
        [builtPodnet, ...args],
        { cwd: workDir, env, maxBuffer: 50_000_000 },
        (_error, stdout, stderr) => {
          resolve({ code: child.exitCode ?? -1, stdout, stderr });
        },
      );
    });
  const documents = async (...args: string[]) => {
    const { code, stdout, stderr } = await podnet(...args, "--json");
    const read = JSON.parse(stdout) as { environments: Told[]; next?: string };
    return { code, stderr, ...read };
  };
  const outcomes = (told: readonly Told[]) =>
    told.map(({ environment, outcome, because = "", of = "" }) =>
      [environment, outcome, because, of].join(" ").trim(),
    );
  const statuses = async () => {
    const { code, stdout } = await podnet("status", "--all", "--json");
    const { environments } = JSON.parse(stdout) as { environments: EnvironmentStatus[] };
    return { code, environments };
  };

  it("leaves alone what comes after one that fails", async () => {
    const faults = faultClient(first.record().awsEndpoint);
    await faults.add({ kind: "access-denied", action: "ec2:CreateSubnet" });
    try {
      const run = await documents("up", "--all", "--approve", "prod");
      assert.equal(run.code, 3, run.stderr);
      assert.deepEqual(outcomes(run.environments), ["dev failed", "prod notBegun failure dev"]);
      const { error } = run.environments[0]?.document as { error: { message: string } };
      assert.match(error.message, /creating EC2 Subnet: .* UnauthorizedOperation/);
      assert.equal(run.next, "podnet up dev prod --approve prod");
    } finally {
      await faults.remove();
    }
    const { environments } = await statuses();
    assert.deepEqual(
      environments.map(({ step, next }) => [step, next]),
      [
        ["up failed", "podnet up dev"],
        ["not begun", "podnet preflight prod"],
      ],
    );
  });

  it("goes on there, ends before the one that needs approval, and says how it goes on", async () => {
    const run = await podnet("up", "--all");
    assert.equal(run.code, 1, run.stderr);
    assert.match(run.stdout, /^prod: not begun, it needs approval\n\nNext: podnet up prod\n$/m);
    assert.match(run.stderr, /^dev {3}/m);
    assert.doesNotMatch(run.stderr, /^prod /m);
    const approved = await podnet("up", "prod");
    assert.equal(approved.code, 0, approved.stderr);
  });

  it("says how far each is", async () => {
    const { code, environments } = await statuses();
    assert.equal(code, 0);
    assert.deepEqual(
      environments.map(({ environment, step, nodes }) => [environment, step, nodes]),
      [
        ["dev", "up", { old: 3, of: 3 }],
        ["prod", "up", { old: 3, of: 3 }],
      ],
    );
    const [dev, prod] = environments.map(({ network }) => network.vpcId);
    assert.notEqual(dev, prod);
  });

  it("finds what has drifted in one, and in no other", async () => {
    const untouched = await documents("drift", "--all");
    assert.equal(untouched.code, 0, untouched.stderr);
    const { ec2 } = outsideOf(second.record());
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const subnet = Subnets.find(({ CidrBlock = "" }) => CidrBlock.startsWith("100.64."))?.SubnetId ?? "";
    await ec2.send(
      new CreateTagsCommand({ Resources: [subnet], Tags: [{ Key: "Name", Value: "somebody's" }] }),
    );
    const { code, environments } = await documents("drift", "dev", "prod");
    assert.equal(code, 1);
    assert.deepEqual(outcomes(environments), ["dev done", "prod no"]);
    assert.deepEqual(
      environments.map(({ document }) => (document?.changes as { type: string }[]).map(({ type }) => type)),
      [[], ["aws:ec2/subnet:Subnet"]],
    );
  });

  it("has asked each AWS with the keys of its own profile, and kept each state in its own place", () => {
    assert.deepEqual(
      ways.map(({ keys }) => [...keys]),
      [["KEYOF0"], ["KEYOF1"]],
    );
    const stacksIn = (folder: string) =>
      readdirSync(join(workDir, folder, ".pulumi", "stacks", "eks-pod-network")).filter((name) =>
        name.endsWith(".json"),
      );
    assert.deepEqual(["states-dev", "states-prod"].map(stacksIn), [["dev.json"], ["prod.json"]]);
    assert.deepEqual(readdirSync(join(workDir, "states-shell")), []);
  });
});
