import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findPulumiIn, pulumiFindings } from "../../cli/doctor/pulumi";
import { sandboxNeeds } from "../../cli/doctor/sandboxNeeds";
import { awsFinding, kubernetesFinding } from "../../cli/doctor/surroundings";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { ownCacheFolder } from "../support/cacheFolder";
import { podnetProcess } from "../support/podnetProcess";
import { temporaryFolder } from "../support/temporaryFolder";

describe("podnet doctor", function () {
  this.timeout(60_000);
  ownCacheFolder();
  const pathBefore = process.env.PATH;
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    process.env.PATH = pathBefore;
    rmSync(folder, { recursive: true });
  });

  function program(name: string, said: string): string {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho "${said}"\n`);
    chmodSync(file, 0o755);
    return file;
  }
  const nodeFolder = dirname(process.execPath);
  const standIns = join(standInPulumiRoot(), "bin");

  it("tells a real pulumi from the stand-in, also by way of a link", async () => {
    const real = program("pulumi", "v3.260.0");
    const inShell = await findPulumiIn({ PATH: folder, PULUMI_HOME: join(folder, "home") });
    assert.deepEqual(inShell.cli, { path: real, version: "v3.260.0", isStandIn: false });

    const link = join(folder, "links");
    mkdirSync(link);
    symlinkSync(join(standIns, "pulumi"), join(link, "pulumi"));
    const linked = await findPulumiIn({ PATH: [link, nodeFolder].join(delimiter) });
    assert.deepEqual([linked.cli?.path, linked.cli?.isStandIn], [join(link, "pulumi"), true]);
    assert.deepEqual(pulumiFindings(linked, "this shell", "real")[0]?.state, "missing");
    assert.deepEqual(pulumiFindings(linked, "this shell", "any")[0]?.state, "ok");
  });

  it("finds plugins where the engine does: on PATH, beside pulumi, then the newest of its own folder", async () => {
    program("bin/pulumi", "v3.260.0");
    const beside = program("bin/pulumi-resource-aws", "");
    program("home/plugins/resource-kubernetes-v4.9.0/pulumi-resource-kubernetes", "");
    const newest = program("home/plugins/resource-kubernetes-v4.34.2/pulumi-resource-kubernetes", "");
    const PATH = join(folder, "bin");
    const PULUMI_HOME = join(folder, "home");
    const { plugins } = await findPulumiIn({ PATH, PULUMI_HOME });
    assert.equal(plugins.aws?.path, beside);
    assert.deepEqual(plugins.kubernetes, { path: newest, version: "4.34.2", isStandIn: false });
    assert.equal(plugins.eks, undefined);

    const ambient = await findPulumiIn({ PATH: [standIns, PATH].join(delimiter), PULUMI_HOME });
    assert.deepEqual(
      [ambient.plugins.aws?.path, ambient.plugins.aws?.isStandIn],
      [join(standIns, "pulumi-resource-aws"), true],
    );
  });

  it("says of what is missing whether it matters and how it is had", async () => {
    const none = pulumiFindings(await findPulumiIn({ PATH: folder }), "this shell", "real");
    assert.deepEqual(none, [
      {
        what: "pulumi, this shell",
        state: "missing",
        found: "none on PATH",
        fix: "Install it: https://www.pulumi.com/docs/install",
      },
    ]);
    program("pulumi", "v3.260.0");
    const alone = await findPulumiIn({ PATH: folder, PULUMI_HOME: join(folder, "home") });
    assert.deepEqual(
      pulumiFindings(alone, "this shell", "real").map(({ state }) => state),
      ["ok", "note", "note", "note"],
    );
  });

  it("says which programs of a sandbox are to be built, and what that needs", async () => {
    process.env.PATH = folder;
    const of = async (what: string) =>
      (await sandboxNeeds(folder)).find((finding) => finding.what === what) ?? assert.fail(what);
    assert.deepEqual((await of("etcd")).state, "note");
    assert.match((await of("etcd")).found, /is built at the first start; all six take about 6 minutes/);
    assert.match((await of("go")).found, /^there is no go on PATH/);
    assert.equal((await of("go")).state, "missing");
    assert.equal((await of("moto")).found, "no python3 on PATH to install it with");
    program("go", "go1.20");
    assert.equal((await of("go")).found, "go on PATH is go1.20, which is too old");
    const etcd = program("etcd", "etcd Version: 3.6.4");
    assert.deepEqual(await of("etcd"), { what: "etcd", state: "ok", found: `on PATH: ${etcd}` });
    program("python3", "3.11.7");
    assert.match(
      (await of("moto")).found,
      /^is installed at the first start with .*python3 3\.11\.7; about a minute$/,
    );
  });

  it("says which AWS a shell speaks to, and prints no credentials", () => {
    const sandbox = awsFinding({ AWS_ENDPOINT_URL: "http://127.0.0.1:20000", AWS_REGION: "us-west-2" });
    assert.equal(
      sandbox.found,
      "AWS_ENDPOINT_URL=http://127.0.0.1:20000, on this computer, a sandbox's; Region us-west-2",
    );
    const real = awsFinding({ AWS_ACCESS_KEY_ID: "AKIASECRET", AWS_SECRET_ACCESS_KEY: "hidden" });
    assert.match(real.found, /^the real one, by AWS_ACCESS_KEY_ID/);
    assert.doesNotMatch(JSON.stringify(real), /AKIASECRET|hidden/);
    assert.match(awsFinding({ AWS_ENDPOINT_URL: "https://aws.example" }).found, /not on this computer/);
  });

  it("says which cluster a shell speaks to", () => {
    const file = join(folder, "kubeconfig");
    const context = (server: string) => `current-context: a
contexts: [{ name: a, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "${server}" } }]
users: [{ name: u, user: { token: secret } }]
`;
    writeFileSync(file, context("https://127.0.0.1:6443"));
    const here = kubernetesFinding({ KUBECONFIG: file });
    assert.deepEqual(here, {
      what: "Kubernetes of this shell",
      state: "ok",
      found: `context a, https://127.0.0.1:6443, on this computer: ${file}`,
    });
    writeFileSync(file, context("https://0A1B.gr7.us-west-2.eks.amazonaws.com"));
    assert.match(kubernetesFinding({ KUBECONFIG: file }).found, /, not on this computer: /);
    writeFileSync(file, "current-context: b\n");
    assert.match(kubernetesFinding({ KUBECONFIG: file }).found, /has no current context$/);
    const nowhere = kubernetesFinding({ KUBECONFIG: join(folder, "none") });
    assert.deepEqual([nowhere.state, nowhere.found], ["missing", `there is no ${join(folder, "none")}`]);
  });

  it("exits with 1 while something is missing for what is asked, and lists it with its way out", () => {
    const env = { PATH: nodeFolder, XDG_CACHE_HOME: folder, HOME: folder, KUBECONFIG: join(folder, "none") };
    const { code, stdout } = podnetProcess(["doctor", "--for", "clusters"], { env });
    assert.equal(code, 1);
    assert.match(stdout, /^podnet \S+: missing: .*Kubernetes of this shell\n/);
    assert.match(stdout, /\nKubernetes of this shell\n {2}-> aws eks update-kubeconfig/);
    assert.doesNotMatch(stdout, /For the sandbox/);
    const json = podnetProcess(["doctor", "--for", "clusters", "--json"], { env });
    const document = JSON.parse(json.stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(document), ["version", "node", "missing", "clusters"]);
  });
});
