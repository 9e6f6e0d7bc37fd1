import assert from "node:assert/strict";
import { commands } from "../../cli/commands";
import { podnet, podnetJson } from "../support/podnet";

describe("podnet", () => {
  const names = [
    "",
    ...commands.flatMap((part) =>
      "load" in part ? [part.name] : [part.name, ...part.commands.map(({ name }) => `${part.name} ${name}`)],
    ),
  ];

  it("lists its commands without arguments, and with --help", async () => {
    for (const line of ["", "--help"]) {
      const { code, stdout } = await podnet(line);
      assert.equal(code, 0);
      for (const name of ["check-cidr", "plan", "max-pods", "size", "user-data", "aws-node-env"]) {
        assert.match(stdout, new RegExp(`\\n {2}${name} `));
      }
    }
  });

  it("shows a command's help by help, too", async () => {
    assert.equal((await podnet("help max-pods")).stdout, (await podnet("max-pods --help")).stdout);
    assert.equal((await podnet("help")).stdout, (await podnet("--help")).stdout);
  });

  it("says its version", async () => {
    const { code, stdout } = await podnet("--version");
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  for (const name of ["check-cidr", "plan", "max-pods", "size", "user-data", "aws-node-env"]) {
    it(`shows examples in ${name} --help`, async () => {
      const { code, stdout } = await podnet(`${name} --help`);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`\\nExamples:\\n[^]*podnet ${name} `));
    });
  }

  for (const columns of [80, 100]) {
    it(`keeps help of every command within ${columns} columns, but for the lines of examples`, async function () {
      // It loads all of them.
      this.timeout(60_000);
      const { columns: before } = process.stdout;
      process.stdout.columns = columns;
      try {
        for (const name of names) {
          const { stdout } = await podnet(`${name} --help`.trim());
          const long = stdout
            .split("\n")
            .filter((line) => line.length > columns && !/^ +(?:podnet|aws|kubectl) /.test(line));
          assert.deepEqual(long, [], name);
        }
      } finally {
        process.stdout.columns = before;
      }
    });
  }

  it("says once what holds by default", async () => {
    const { stdout } = await podnet("rotate --help");
    assert.match(stdout.replace(/\s+/g, " "), /which lose it; true by default --restart/);
  });

  const wrong: [string, RegExp][] = [
    ["max-pod m5.large", /unknown command 'max-pod'[^]*Did you mean max-pods\?/],
    ["max-pods m5.large --max-enis 3", /--max-enis: unknown option[^]*Did you mean --max-eni\?/],
    ["max-pods m5.large --max-eni", /--max-eni <number>: option '--max-eni <number>' argument missing/],
    ["max-pods", /TYPE: is missing/],
    ["check-cidr 100.64.0.0/16", /--vpc-cidr: is missing/],
    ["check-cidr 100.64.0.0/16 10.0.0.0/8 --vpc-cidr 10.0.0.0/16", /too many arguments/],
    ["size", /FILE: is missing/],
    ["size a b", /\(arguments\): too many arguments/],
    [
      "check-cidr --vpc-cidr 10.0.0.0/16 100.64.0.0/16",
      /CIDR: is missing\.\n +-> .*before --vpc-cidr, which takes all that follows/,
    ],
    ["max-pods m5.large --file nowhere.yaml", /nowhere\.yaml: there is no such file/],
    ["max-pods m5.large --max-eni 1e3", /--max-eni: "1e3" is not a whole number from 1 to 100/],
    [
      "max-pods m5.large --endpoint moon",
      /--endpoint: "moon" is not a choice\.\n +-> Give one of table, live/,
    ],
  ];
  for (const [line, message] of wrong) {
    it(`exits with 2 for: podnet ${line}`, async () => {
      const { code, stdout, stderr } = await podnet(line);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, message);
      assert.match(stderr, /\n +-> \S/);
      assert.doesNotMatch(stderr, /\n +at .*:\d+/);
    });
  }

  it("prints problems as one document with --json", async () => {
    const { code, json } = await podnetJson("max-pods m5.large --max-eni 0");
    assert.equal(code, 2);
    assert.deepEqual(json, {
      error: {
        exitCode: 2,
        problems: [
          {
            path: "--max-eni",
            reason: '"0" is not a whole number from 1 to 100.',
            fix: "Give one such as 1.",
          },
        ],
      },
    });
  });
});
