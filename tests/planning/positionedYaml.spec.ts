import assert from "node:assert/strict";
import fc from "fast-check";
import { readPositionedYaml } from "../../planning/positionedYaml";
import { parseYaml, whyNoYaml } from "../../planning/yamlText";
import { checkPrototypes, hostileJson, hostileText } from "../support/hostile";

/** Nested in each of the ways that YAML has; on one line, and by indentation. */
const nested: Readonly<Record<string, (depth: number) => string>> = {
  "lists in brackets": (depth) => "[".repeat(depth) + "]".repeat(depth),
  "brackets that nobody closes": (depth) => "[".repeat(depth),
  "objects in braces": (depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
  "lists on one line": (depth) => "- ".repeat(depth),
  "keys of keys": (depth) => "? ".repeat(depth),
  "objects by indentation": (depth) =>
    Array.from({ length: depth }, (_, level) => `${" ".repeat(level)}a:\n`).join(""),
};

describe("readPositionedYaml, of whatever stands in a file", () => {
  it("gives a value or problems, for any text", () => {
    const document = fc.oneof(
      hostileText(60),
      hostileJson().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(document, (text) => {
        const reading = readPositionedYaml(text);
        if ("problems" in reading) assert.ok(reading.problems.length > 0);
        checkPrototypes();
      }),
    );
  });

  it("loses no key and no value, whatever it is called", () => {
    fc.assert(
      fc.property(hostileJson(), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as unknown;
        const reading = readPositionedYaml(JSON.stringify(value));
        assert.deepEqual("value" in reading ? reading.value : reading.problems, json);
      }),
    );
  });

  for (const [how, text] of Object.entries(nested)) {
    it(`refuses ${how}, however deep, and takes them as deep as files are`, () => {
      for (const depth of [101, 3_000, 10_000].filter(
        (one) => how !== "objects by indentation" || one < 4_000,
      )) {
        const reading = readPositionedYaml(text(depth));
        assert.ok("problems" in reading);
        assert.deepEqual(
          reading.problems.map(({ path }) => path),
          ["(nesting)"],
        );
      }
      const reading = readPositionedYaml(text(50));
      assert.ok("value" in reading || reading.problems.every(({ path }) => path === "(syntax)"));
    });
  }

  it("refuses aliases that blow it up", () => {
    const lines = Array.from({ length: 30 }, (_, level) =>
      level === 0 ? "a0: &a0 [x, x]" : `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`,
    );
    const reading = readPositionedYaml(lines.join("\n"));
    assert.ok("problems" in reading && reading.problems[0]?.path === "(aliases)");
  });

  it("quotes nothing of what it can't read, which may be a password", () => {
    const signs = fc.constantFrom(
      "*",
      "!",
      "|",
      ">",
      "&",
      "@",
      "%",
      '"',
      "'",
      "{",
      "[",
      "- ",
      "? ",
      ": ",
      "\t",
      "\\",
    );
    const secret = "hunter2Hunter2";
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 4 }), fc.array(signs, { maxLength: 4 }), (before, behind) => {
        const text = `a: 1\npassword: ${before.join("")}${secret}${behind.join("")}\nb: 2\n`;
        const reading = readPositionedYaml(text);
        if ("problems" in reading) assert.ok(!JSON.stringify(reading.problems).includes(secret));
        try {
          parseYaml(text);
        } catch (error) {
          assert.ok(!whyNoYaml(error).includes(secret), whyNoYaml(error));
        }
      }),
    );
  });
});
