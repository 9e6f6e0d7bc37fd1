import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verificationChecks } from "../../cli/verificationChecks";
import { verification } from "../../planning/rotation/verification";
import { clusterWith, newNode, oldNodeNamed, webPod } from "../planning/rotation/builders";
import { podnet } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const file = `environments:
  - { name: dev, region: us-west-2 }
  - { name: prod, region: us-west-2 }
`;

describe("podnet verify", () => {
  it("refuses an image for pods that are not tried", async () => {
    const { code, stderr } = await podnet("verify prod --smoke-image nginx --file e.yaml", {
      "e.yaml": file,
    });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /--smoke-image: is the image of pods that are not tried\.\n +-> Give --smoke as well/,
    );
  });

  it("prints one document, in one format", async () => {
    const { code, stderr } = await podnet("verify prod --format junit --json --file e.yaml", {
      "e.yaml": file,
    });
    assert.equal(code, 2);
    assert.match(stderr, /--format: "junit" and --json can't both be printed\./);
  });

  it("prints a document with --format json where it fails, too", async () => {
    for (const format of ["--format json", "--format=json"]) {
      const { code, stdout } = await podnet(`verify prd ${format} --file e.yaml`, { "e.yaml": file });
      const { error } = JSON.parse(stdout) as { error: { exitCode: number } };
      assert.deepEqual([code, error.exitCode], [2, 2]);
    }
  });

  it("reports environments that could not be looked at as errors, all in one report", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "e.yaml");
    writeFileSync(path, file);
    const line = `verify --all --file ${path} --pulumi-root ${folder} --format junit`;
    const { code, stdout } = await podnet(line, { [path]: file });
    rmSync(folder, { recursive: true });
    assert.equal(code, 3);
    assert.match(
      stdout,
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites .* tests="2" failures="0" errors="2">/,
    );
    assert.deepEqual(stdout.match(/<testsuite name="\w+"/g), [
      '<testsuite name="dev"',
      '<testsuite name="prod"',
    ]);
    assert.match(stdout, /<error message="Starting pulumi failed: there is no pulumi in /);
  });

  it("says in the report what of it was given wrongly, too", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "e.yaml");
    writeFileSync(path, file);
    const line = `verify --all --file ${path} --smoke-image nginx --format junit`;
    const { code, stdout } = await podnet(line, { [path]: file });
    rmSync(folder, { recursive: true });
    assert.equal(code, 2);
    assert.match(stdout, /<error message="--smoke-image: is the image of pods that are not tried\."\/>/);
  });
});

describe("a verification as checks", () => {
  const found = {
    ...verification(clusterWith([newNode, oldNodeNamed("old-1")], [webPod])),
    podCidrs: ["100.64.0.0/16"],
    securityGroups: { right: 1, of: 1 },
    tookMs: { looking: 900, smoke: 70_000, deep: 4_000 },
    deviations: [{ about: "eniConfigs" as const, title: "ENIConfig a is not there", wayOut: "podnet up" }],
  };
  const failing = (...more: Parameters<typeof verificationChecks>) =>
    verificationChecks(...more).flatMap(({ name, failures }) =>
      failures.length === 0 ? [] : [[name, ...failures]],
    );

  it("has one for each thing that is looked at, with all that is against it", () => {
    assert.deepEqual(failing(found), [
      [
        "no node is old",
        "old-1: primary ENI eni-0 carries 2 secondary addresses",
        "old-1: pod shop/web-1 has 10.8.0.20, which is in no pod subnet",
        "old-1: 29 allocatable pods, where the addresses of m5.large carry 20",
      ],
      ["every pod is in the pod subnets", "shop/web-1 on old-1 has 10.8.0.20"],
      ["ENIConfigs are those of the stack", "ENIConfig a is not there -> podnet up"],
    ]);
    assert.deepEqual(
      verificationChecks(found).map(({ name }) => name),
      [
        "no rollback is unfinished",
        "every node is seen in EC2",
        "no node is old",
        "every pod is in the pod subnets",
        "aws-node runs with the settings of the stack",
        "ENIConfigs are those of the stack",
        "pods have the security groups of their ENIConfig",
      ],
    );
  });

  it("has one for new pods and one for ipamd, where they were asked", () => {
    const smoke = { image: "nginx", pods: { right: 9, of: 10 }, zones: [], failures: ["pod x is not ready"] };
    const deep = {
      nodes: { right: 0, of: 2 },
      differences: [{ node: "new-1", what: "ipamd has ENI eni-9" }],
      unread: [{ node: "old-1", because: "no pod of aws-node runs there" }],
    };
    const times = verificationChecks({ ...found, smoke, deep }).map(({ tookMs }) => tookMs);
    assert.deepEqual(times, [...Array.from({ length: 7 }, () => undefined), 70_000, 4_000]);
    assert.deepEqual(failing({ ...found, smoke, deep }).slice(3), [
      ["new pods come up in the pod subnets", "pod x is not ready"],
      [
        "ipamd agrees with EC2 and its pods",
        "old-1: not read: no pod of aws-node runs there",
        "new-1: ipamd has ENI eni-9",
      ],
    ]);
  });

  it("has no node to speak for it where there is none", () => {
    const none = { ...found, ...verification(clusterWith([], [])), deviations: [] };
    assert.deepEqual(failing(none), [["every node is seen in EC2", "there is no node"]]);
  });
});
