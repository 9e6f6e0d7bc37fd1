import assert from "node:assert/strict";
import { join } from "node:path";
import {
  environmentNamed,
  InvalidFileError,
  readEnvironments,
  type Environment,
} from "../../automation/environments";
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
        rotation: { maxUnavailable: "10%", podTimeoutSeconds: 900 },
      },
      {
        name: "prod",
        stack: "prod",
        region: "us-west-2",
        profile: "shop-prod",
        kubeContext: "shop-prod",
        rotation: { maxUnavailable: 2, podTimeoutSeconds: 1800, nodeTimeoutSeconds: 1200 },
      },
    ] satisfies Environment[]);
  });

  it("takes a stack of another name, a profile, a kubeconfig and a context", () => {
    assert.deepEqual(
      read(`
environments:
  - name: prod
    stack: prod-main
    region: eu-central-1
    profile: platform
    kubeconfig: kube/prod
    kubeContext: prod-main
    rotation: { maxUnavailable: 10%, podTimeoutSeconds: 600, nodeTimeoutSeconds: 300 }
`),
      [
        {
          name: "prod",
          stack: "prod-main",
          region: "eu-central-1",
          profile: "platform",
          kubeconfig: "kube/prod",
          kubeContext: "prod-main",
          rotation: { maxUnavailable: "10%", podTimeoutSeconds: 600, nodeTimeoutSeconds: 300 },
        },
      ],
    );
  });

  it("tells everything that is wrong at once, with its place", () => {
    assert.deepEqual(
      linesOf(`environments:
  - name: dev
    regoin: us-west-2
  - name: prod
    region: moon
    rotation:
      maxUnavailable: a few
      podTimeoutSeconds: soon
`),
      [
        "2:5 environments[0].region: is missing.",
        '3:13 environments[0].regoin: "regoin" is not a key here.',
        '5:13 environments[1].region: "moon" can\'t be used.',
        '8:26 environments[1].rotation.podTimeoutSeconds: "soon" can\'t be used.',
        '7:23 environments[1].rotation.maxUnavailable: "a few" is neither a number of nodes from 1 up nor a percentage.',
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
