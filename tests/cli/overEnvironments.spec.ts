import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argumentsOf } from "../../cli/overEnvironments";
import { podnet } from "../support/podnet";
import { podnetProcess } from "../support/podnetProcess";
import { temporaryFolder } from "../support/temporaryFolder";

const file = `environments:
  - { name: dev, region: us-west-2 }
  - { name: prod, region: us-west-2, after: [dev], approval: required }
  - { name: lab, region: us-west-2, approval: required }
`;

describe("a command over several environments", () => {
  it("wants names or --all, and not both", async () => {
    const files = { "e.yaml": file };
    assert.match(
      (await podnet("verify --file e.yaml", files)).stderr,
      /ENVIRONMENT: is missing\.\n +-> Give one of the file of environments, such as prod, or --all\./,
    );
    const both = await podnet("verify dev prod --all --file e.yaml", files);
    assert.equal(both.code, 2);
    assert.match(both.stderr, /ENVIRONMENT: dev, prod and --all can't both be given\./);
  });

  it("names every environment that there is not, and every approval of none", async () => {
    const files = { "e.yaml": file };
    const { code, stderr } = await podnet("up dve prdo --file e.yaml", files);
    assert.equal(code, 2);
    assert.deepEqual(stderr.match(/there is no environment "\w+"/g), [
      'there is no environment "dve"',
      'there is no environment "prdo"',
    ]);
    const approval = await podnet("up --all --approve prdo --file e.yaml", files);
    assert.equal(approval.code, 2);
    assert.match(approval.stderr, /--approve: there is no environment "prdo"\.\n +-> Did you mean prod\?/);
  });

  it("runs each in a process of its own, and says what was not begun and how to go on", () => {
    const folder = temporaryFolder();
    try {
      const path = join(folder, "e.yaml");
      writeFileSync(path, file);
      const args = ["up", "--all", "--file", path, "--pulumi-root", folder];
      const { code, stdout, stderr } = podnetProcess(args);
      assert.equal(code, 3);
      assert.equal(
        stdout,
        `dev: failed (exit code 3)
prod: not begun, for it comes after dev
lab: not begun, it needs approval

Next: podnet up dev prod lab --file=${path} --pulumi-root=${folder}
`,
      );
      assert.match(stderr, /^dev {3}podnet up: Starting pulumi failed: there is no pulumi in /m);

      const json = JSON.parse(podnetProcess([...args, "--json"]).stdout) as { environments: unknown[] };
      const [dev, ...others] = json.environments as { document: { error: { message: string } } }[];
      assert.match(dev?.document.error.message ?? "", /^Starting pulumi failed/);
      assert.deepEqual(others, [
        { environment: "prod", outcome: "notBegun", because: "failure", of: "dev" },
        { environment: "lab", outcome: "notBegun", because: "approval", of: "lab" },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(60_000);
});

describe("argumentsOf", () => {
  it("writes flags as they were given", () => {
    assert.deepEqual(
      argumentsOf({
        workDir: "-odd",
        dryRun: true,
        deleteEmptydirData: false,
        file: undefined,
        podTimeoutSeconds: 60,
        allow: ["a=b", "c"],
      }),
      [
        "--work-dir=-odd",
        "--dry-run",
        "--delete-emptydir-data=false",
        "--pod-timeout-seconds=60",
        "--allow=a=b",
        "--allow=c",
      ],
    );
  });
});
