import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import {
  environmentNamed,
  InvalidFileError,
  readEnvironments,
  type Environment,
} from "../../automation/environments";
import { environmentsFileSchema } from "../../tools/environmentsFileSchema";
import { problemsOf } from "../support/problems";

const read = (text: string) => readEnvironments("environments.yaml", () => text);

/** The lines of the problems of a file: place, path, reason. */
function linesOf(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    assert.ok(error instanceof InvalidFileError);
    return error.problems.map(({ position = "", path, reason }) => `${position} ${path}: ${reason}`.trim());
  }
  return assert.fail("the file was taken");
}

describe("readEnvironments", () => {
  it("reads the committed file", () => {
    const path = join(__dirname, "..", "..", "stacks", "environments.yaml");
    assert.deepEqual(readEnvironments(path), [
      { name: "sandbox", stack: "sandbox", region: "us-west-2", rotation: { maxUnavailable: 1 } },
      {
        name: "dev",
        stack: "dev",
        region: "us-west-2",
        profile: "shop-dev",
        rotation: { maxUnavailable: "25%" },
      },
      {
        name: "staging",
        stack: "staging",
        region: "us-west-2",
        profile: "shop-staging",
        kubeContext: "shop-staging",
        after: ["dev"],
        rotation: { maxUnavailable: "10%", podTimeoutSeconds: 900 },
      },
      {
        name: "prod",
        stack: "prod",
        region: "us-west-2",
        cluster: "shop-prod",
        profile: "shop-prod",
        kubeContext: "shop-prod",
        after: ["staging"],
        needsApproval: true,
        rotation: { maxUnavailable: 2, podTimeoutSeconds: 1800, nodeTimeoutSeconds: 1200 },
      },
    ] satisfies Environment[]);
  });

  it("takes everything that an entry may say", () => {
    assert.deepEqual(
      read(`
environments:
  - name: prod
    stack: prod-main
    account: "012345678901"
    cluster: shop
    backend: s3://states?region=eu-central-1
    after: [dev]
    approval: required
    accept:
      - PDB-NEVER
      - id: SNAT-EXTERNAL
        reason: The gateway has a return route.
    mustReach: [ "ledger.example.com:5432", "10.1.2.3:65535" ]
    region: eu-central-1
    profile: platform
    kubeconfig: kube/prod
    kubeContext: prod-main
    rotation: { maxUnavailable: 10%, podTimeoutSeconds: 600, nodeTimeoutSeconds: 300 }
  - { name: dev, region: eu-central-1 }
`),
      [
        {
          name: "prod",
          stack: "prod-main",
          account: "012345678901",
          cluster: "shop",
          backend: "s3://states?region=eu-central-1",
          after: ["dev"],
          needsApproval: true,
          accepted: [
            { id: "PDB-NEVER", where: "environments.yaml:11" },
            {
              id: "SNAT-EXTERNAL",
              reason: "The gateway has a return route.",
              where: "environments.yaml:12",
            },
          ],
          mustReach: ["ledger.example.com:5432", "10.1.2.3:65535"],
          region: "eu-central-1",
          profile: "platform",
          kubeconfig: "kube/prod",
          kubeContext: "prod-main",
          rotation: { maxUnavailable: "10%", podTimeoutSeconds: 600, nodeTimeoutSeconds: 300 },
        },
        { name: "dev", stack: "dev", region: "eu-central-1", rotation: {} },
      ],
    );
  });

  it("tells what is wrong with each of the values", () => {
    assert.deepEqual(
      linesOf(`environments:
  - name: prod
    region: us-west-2
    account: 123456789012
    cluster: a b
    backend: states
    approval: maybe
    accept: [ SNAT-EXTERNAL, snat, 7, { id: PDB-NEVER, reson: known } ]
    mustReach: [ ledger.example.com, "ledger.example.com:65536" ]
`),
      [
        "4:14 environments[0].account: 123456789012 can't be used.",
        '5:14 environments[0].cluster: "a b" can\'t be used.',
        '6:14 environments[0].backend: "states" can\'t be used.',
        '7:15 environments[0].approval: "maybe" can\'t be used.',
        '8:30 environments[0].accept[1]: "snat" can\'t be used.',
        "8:36 environments[0].accept[2]: 7 can't be used.",
        '8:63 environments[0].accept[3].reson: "reson" is not a key here.',
        '9:18 environments[0].mustReach[0]: "ledger.example.com" can\'t be used.',
        '9:38 environments[0].mustReach[1]: "ledger.example.com:65536" can\'t be used.',
      ],
    );
  });

  it("tells of an order that can't be, and of findings that there are not", () => {
    assert.deepEqual(
      linesOf(`environments:
  - { name: dev, region: us-west-2, after: [stagng] }
  - { name: staging, region: us-west-2, after: [prod] }
  - name: prod
    region: us-west-2
    after: [staging]
    accept: [PDB-NEVR]
`),
      [
        '2:45 environments[0].after[0]: there is no environment "stagng".',
        "3:48 environments[1].after: staging comes after prod, prod comes after staging: none of them could be the first.",
        '7:14 environments[2].accept[0]: preflight has no finding "PDB-NEVR".',
      ],
    );
  });

  it("tells everything that is wrong at once, in the order of its lines", () => {
    assert.deepEqual(
      linesOf(`environments:
  - name: dev
    regoin: us-west-2
  - name: prod
    region: moon
    after: [dev, stagng]
    accept: [{ id: PDB-NEVR }]
    rotation:
      maxUnavailable: a few
      podTimeoutSeconds: soon
`),
      [
        "2:5 environments[0].region: is missing.",
        '3:13 environments[0].regoin: "regoin" is not a key here.',
        '5:13 environments[1].region: "moon" can\'t be used.',
        '6:18 environments[1].after[1]: there is no environment "stagng".',
        '7:14 environments[1].accept[0]: preflight has no finding "PDB-NEVR".',
        '9:23 environments[1].rotation.maxUnavailable: "a few" is neither a number of nodes from 1 up nor a percentage.',
        '10:26 environments[1].rotation.podTimeoutSeconds: "soon" can\'t be used.',
      ],
    );
  });

  it("refuses two environments of one name, or of one stack", () => {
    assert.deepEqual(
      linesOf(`environments:
  - { name: a, region: us-west-2 }
  - { name: a, region: us-west-2 }
  - { name: b, stack: a, region: us-west-2 }
`),
      [
        '3:13 environments[1].name: "a" is the name of environments[0] too.',
        '4:23 environments[2].stack: "a" is the stack of environments[0] too.',
      ],
    );
  });

  it("tells of an order that can't be beside two environments of one name", () => {
    assert.deepEqual(
      linesOf(`environments:
  - { name: a, region: us-west-2, after: [b] }
  - { name: a, region: us-west-2 }
  - { name: c, region: us-west-2, after: [c] }
`),
      [
        '2:43 environments[0].after[0]: there is no environment "b".',
        '3:13 environments[1].name: "a" is the name of environments[0] too.',
        '4:42 environments[2].after: "c" comes after itself.',
      ],
    );
  });

  it("says of a file without environments what one looks like", () => {
    const example = "Give a list of environments, such as environments: [{ name: prod, region: us-west-2 }].";
    const entry = "Give an environment, such as { name: prod, region: us-west-2 }.";
    const said = (text: string) => problemsOf(() => read(text)).map(({ reason, fix }) => [reason, fix]);
    assert.deepEqual(said(""), [["is empty.", example]]);
    assert.deepEqual(said("hello"), [['"hello" can\'t be used.', example]]);
    assert.deepEqual(said("environments:\n  -\n"), [["is empty.", entry]]);
  });

  it("takes no name that a command line would take for a flag, nor a folder's", () => {
    for (const name of ["-x", "--all", ".", "..", "we/ird"]) {
      assert.deepEqual(linesOf(`environments: [{ name: ${name}, region: us-west-2 }]`), [
        `1:24 environments[0].name: "${name}" can't be used.`,
      ]);
    }
    assert.deepEqual(
      read("environments: [{ name: _a.B-1, region: us-west-2 }]").map(({ name }) => name),
      ["_a.B-1"],
    );
  });

  it("names the keys of a finding that is accepted", () => {
    const text = "environments: [{ name: a, region: us-west-2, accept: [{ id: PDB-NEVER, why: x }] }]";
    assert.deepEqual(
      problemsOf(() => read(text)).map(({ path, fix }) => [path, fix]),
      [["environments[0].accept[0].why", "The keys are id, reason."]],
    );
  });

  it("tells of a second document, and of a key that is there twice", () => {
    const one = "environments: [{ name: a, region: us-west-2 }]\n";
    assert.deepEqual(linesOf(`${one}---\n${one}`), ["2:1 (syntax): another document begins here (---)."]);
    assert.deepEqual(linesOf(one + one), ["2:1 (syntax): the key is here twice."]);
  });

  it("tells the place of a mistake in the syntax", () => {
    assert.match(linesOf("environments: [\n  - a\n").join("\n"), /^\d:\d+ \(syntax\): /);
  });

  it("tells of a file that is not there", () => {
    const missing = Object.assign(new Error("no"), { code: "ENOENT" });
    assert.deepEqual(
      problemsOf(() =>
        readEnvironments("nowhere.yaml", () => {
          throw missing;
        }),
      ).map(({ path, reason }) => `${path}: ${reason}`),
      ["(the file): there is no such file."],
    );
  });
});

describe("the JSON Schema of environments.yaml", () => {
  const stacks = join(__dirname, "..", "..", "stacks");
  const written = JSON.parse(readFileSync(join(stacks, "environments.schema.json"), "utf8")) as Parameters<
    typeof z.fromJSONSchema
  >[0];
  const takes = (environment: Readonly<Record<string, unknown>>) =>
    z.fromJSONSchema(written).safeParse({ environments: [environment] }).success;

  it("is that of the reader; npm run update-stack-schemas writes it", () => {
    assert.deepEqual(written, JSON.parse(JSON.stringify(environmentsFileSchema())));
  });

  it("takes the committed file, which names it for editors", () => {
    const text = readFileSync(join(stacks, "environments.yaml"), "utf8");
    assert.equal(text.split("\n")[0], "# yaml-language-server: $schema=environments.schema.json");
    assert.deepEqual(z.fromJSONSchema(written).safeParse(parse(text)).error, undefined);
  });

  it("refuses what the reader refuses", () => {
    const prod = { name: "prod", region: "us-west-2" };
    assert.ok(takes({ ...prod, rotation: { maxUnavailable: "10%" }, accept: ["PDB-NEVER"] }));
    assert.ok(!takes({ ...prod, rotation: { maxUnavailable: "a few" } }));
    assert.ok(!takes({ ...prod, regoin: "us-west-2" }));
    assert.ok(!takes({ ...prod, accept: [{ reason: "known" }] }));
  });
});

describe("docs/environments.md", () => {
  const page = readFileSync(join(__dirname, "..", "..", "docs", "environments.md"), "utf8");

  it("has an example that the reader takes", () => {
    const [, example = ""] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    assert.deepEqual(
      read(example).map(({ name }) => name),
      ["staging", "prod"],
    );
  });
});

describe("environmentNamed", () => {
  const environments = read(
    "environments: [{ name: dev, region: us-west-2 }, { name: prod, region: us-west-2 }]",
  );

  it("finds an environment", () => {
    assert.equal(environmentNamed("prod", environments).region, "us-west-2");
  });

  it("says which there are", () => {
    const [problem] = problemsOf(() => environmentNamed("prd", environments));
    assert.deepEqual(problem, {
      path: "environment",
      reason: 'there is no environment "prd".',
      fix: "Did you mean prod? The file has dev, prod.",
    });
  });
});
