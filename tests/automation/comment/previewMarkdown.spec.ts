import assert from "node:assert/strict";
import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { previewMarkdown } from "../../../automation/comment/previewMarkdown";
import type { EnvironmentPreview, PreviewOutcome } from "../../../planning/preview/environmentPreview";
import { changeOf, SUBNET } from "../../support/changes";
import { quietPreview } from "../../support/environmentPreview";

const LONGEST = 65_536;

/** As GitHub reads it, but for what it does to mentions and references, which it finds in the text afterwards. */
const html = (markdown: string) =>
  micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const textOf = (fragment: string) =>
  fragment.replace(/<[^>]*>/g, "").replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);
const tagsOf = (rendered: string) => [...rendered.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name);
/** What GitHub looks for mentions and references in. */
const outsideCode = (rendered: string) =>
  textOf(rendered.replace(/<(code|pre)\b[^>]*>.*?<\/\1>/gs, "\u0000"));

const dev: EnvironmentPreview = {
  ...quietPreview,
  environment: "dev",
  stack: "dev",
  changes: [
    changeOf("create", SUBNET, "pods-us-west-2a", { after: { cidrBlock: "100.64.0.0/19" } }),
    changeOf("update", "aws:eks/addon:Addon", "cni", {
      before: { configurationValues: '{"env":{"WARM_ENI_TARGET":"1"}}', preserve: true },
      after: { configurationValues: '{"env":{"WARM_ENI_TARGET":"2"}}', preserve: true },
    }),
  ],
  addresses: { before: 4_091, after: 24_561 },
  podsPerNode: [{ instanceType: "m5.large", before: 29, after: 20 }],
  rotation: { ...quietPreview.rotation, nodes: 6, oldNodes: 6, pods: 61, seconds: 720 } as never,
};

const prod: EnvironmentPreview = {
  ...quietPreview,
  changes: [changeOf("delete", SUBNET, "pods-us-west-2c", { before: { cidrBlock: "100.64.64.0/19" } })],
  lookAt: [
    {
      line: "deletes the subnet 100.64.64.0/19 of us-west-2c, with 212 pods in it",
      danger: { id: "SUBNET-LOST", resource: "pods-us-west-2c" },
      evidence: ["Pods in it keep it from going."],
      wayOut: "Give its zone back.",
    },
  ],
};

/** A preview in which everything that people can name has a name of theirs. */
function named(name: string): EnvironmentPreview {
  return {
    ...quietPreview,
    environment: name,
    stack: name,
    cluster: name,
    changes: [
      changeOf("update", name, name, { before: { [name]: "a" }, after: { [name]: name } }),
      changeOf("delete", SUBNET, name, { before: { cidrBlock: name } }),
    ],
    warnings: [name],
    notSeen: [name],
    lookAt: [{ line: name, evidence: [name], wayOut: name }],
    rotation: {
      ...quietPreview.rotation,
      oldNodes: 1,
      waitsFor: [{ budget: name, atOnce: 1, pods: 2 }],
    } as never,
  };
}

describe("previewMarkdown", () => {
  it("says the verdict first, then a row for each environment, and the raw diffs last", () => {
    const failed = {
      environment: "qa",
      error: { message: "pulumi preview of stack qa failed", fix: "Look." },
    };
    const staging = { ...quietPreview, environment: "staging" };
    const markdown = previewMarkdown([dev, prod, staging, failed], LONGEST);
    assert.deepEqual(markdown.split("\n").slice(0, 8), [
      "### Pod network: 2 environments change, `prod` needs a look, `qa` could not be previewed",
      "",
      "| environment | resources | addresses for pods | pods per node | nodes to rotate | look at |",
      "| --- | --- | --- | --- | --- | --- |",
      "| `dev` | +1 ~1 | 4,091 -> 24,561 | 29 -> 20 | 6 of 6 (about 12 min) |  |",
      "| `prod` | -1 | 24,561 | 20 | 0 | deletes the subnet 100.64.64.0/19 of us-west-2c, with 212 pods in it |",
      "| `staging` | no change | 24,561 | 20 | 0 |  |",
      "| `qa` | not previewed |  |  |  | pulumi preview of stack qa failed |",
    ]);
    const summaries = [...markdown.matchAll(/<summary>(.*)<\/summary>/g)].map(([, title = ""]) =>
      textOf(title),
    );
    assert.deepEqual(summaries, [
      "prod: what changes and what it means",
      "qa: why it could not be previewed",
      "dev: what changes and what it means",
      "prod: the raw diff",
      "dev: the raw diff",
    ]);
  });

  it("gives the way out of a danger, and the name by which it is allowed", () => {
    assert.ok(
      textOf(html(previewMarkdown([prod], LONGEST))).includes(
        "with 212 pods in it (SUBNET-LOST, pods-us-west-2c). Pods in it keep it from going. Way out: Give its zone back.",
      ),
    );
  });

  it("shows of an update what differs, inside the configuration of the add-on as well", () => {
    const markdown = previewMarkdown([dev], LONGEST);
    assert.match(
      markdown,
      /\| update \| aws eks Addon \| `cni` \| `configurationValues.env.WARM_ENI_TARGET` \|/,
    );
    const [, diff = ""] = /```diff\n([^]*?)\n```/.exec(markdown) ?? [];
    assert.deepEqual(diff.split("\n"), [
      "+ create aws ec2 Subnet pods-us-west-2a",
      '+     cidrBlock: "100.64.0.0/19"',
      "~ update aws eks Addon cni",
      '-     configurationValues.env.WARM_ENI_TARGET: "1"',
      '+     configurationValues.env.WARM_ENI_TARGET: "2"',
    ]);
  });

  it("says that nothing changes, without a word more", () => {
    assert.equal(
      previewMarkdown([quietPreview], LONGEST).trimEnd(),
      [
        "### Pod network: nothing changes",
        "",
        "| environment | resources | addresses for pods | pods per node | nodes to rotate | look at |",
        "| --- | --- | --- | --- | --- | --- |",
        "| `prod` | no change | 24,561 | 20 | 0 |  |",
      ].join("\n"),
    );
  });

  it("says of a cluster that could not be seen what was not", () => {
    const { rotation, ...rest } = quietPreview;
    assert.ok(rotation);
    const markdown = previewMarkdown(
      [{ ...rest, addresses: { after: 24_561 }, podsPerNode: [], notSeen: ["the nodes: no answer"] }],
      LONGEST,
    );
    assert.match(markdown, /^### Pod network: nothing changes, `prod` was not wholly seen\n/);
    assert.match(markdown, /\| `prod` \| no change \| not seen -> 24,561 \| not seen \| not seen \|/);
    assert.match(markdown, /\*\*Not seen\*\*\n\n\* the nodes: no answer\n/);
  });

  describe("with names that somebody else chose", () => {
    const hostile = [
      "a|b\\|c||d",
      "`x` ``` ~~~ `````",
      "</details><details open><script>alert(1)</script>",
      "<img src=x onerror=alert(1)> <!-- podnet: preview -->",
      "@octocat @org/team #1 org/repo#2 GH-3 gh-3 octocat@example.com",
      "[x](https://evil.example) ![x](http://evil.example/x.png) www.evil.example https://evil.example",
      "a\nb\r\n\n### head\n| x | y |\n",
      "\u202egnp.exe \u200b\u2066x\u2069 \u0000\u0007\u001b[31m",
      "1. one",
      "- two",
      "> quoted",
      "**bold** _it_ ~~gone~~ &lt;b&gt; &#64;x $a^2$",
      "-->",
      "  ",
      " > a quotation behind a space",
    ];
    /** Everything that the document itself is made of. */
    const OWN_TAGS = new Set(
      "h3 code table thead tbody tr th td details summary p strong ul li pre br".split(" "),
    );

    for (const name of hostile) {
      it(`is harmless: ${JSON.stringify(name)}`, () => {
        checkHarmless(name);
      });
    }

    it("is harmless for any text", () => {
      const pieces = fc.constantFrom(
        "|",
        "`",
        "<",
        ">",
        "@a",
        "#1",
        "\\",
        "\n",
        "*",
        "_",
        "[",
        "](x)",
        "!",
        "&",
        ";",
        "~",
      );
      const name = fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc
          .array(fc.oneof(pieces, fc.constantFrom("a", " ", "www.", "gh-1", "http://x.y")), { maxLength: 12 })
          .map((parts) => parts.join("")),
      );
      fc.assert(fc.property(name, checkHarmless));
    });

    function checkHarmless(name: string) {
      const outcomes: PreviewOutcome[] = [
        named(name),
        { environment: name, error: { message: name, fix: name } },
      ];
      const markdown = previewMarkdown(outcomes, LONGEST);
      const rendered = html(markdown);
      for (const tag of tagsOf(rendered)) assert.ok(OWN_TAGS.has(tag ?? ""), `${tag ?? ""} in ${rendered}`);
      // One table of the overview, one of the resources; each with the cells that it was made with.
      const rows = [...rendered.matchAll(/<tr>([^]*?)<\/tr>/g)].map(([, row = ""]) => row);
      assert.deepEqual(
        rows.map((row) => [...row.matchAll(/<t[dh]/g)].length),
        [6, 6, 6, 4, 4, 4],
      );
      assert.doesNotMatch(outsideCode(rendered), /@[a-z0-9]|#\d|\bgh-\d|:\/\/|\bwww\./i);
      assert.equal([...rendered.matchAll(/<details>/g)].length, 3);
      assert.equal([...rendered.matchAll(/<pre>/g)].length, 1);
      // Every line is one of the document's own, and nothing turns it round.
      assert.doesNotMatch(markdown.replaceAll("\n", ""), /\p{C}|\p{Zl}|\p{Zp}/u);
      assert.doesNotMatch(rendered, /<!--/);
    }

    it("is still read as it was written", () => {
      const [, cell = ""] =
        /<td>(.*)<\/td>/.exec(html(previewMarkdown([named("a|b <c> `d` @e")], LONGEST))) ?? [];
      assert.equal(textOf(cell), "a|b <c> `d` @e");
    });
  });

  describe("with more than there is room for", () => {
    const huge = (environment: string, changes: number): EnvironmentPreview => ({
      ...prod,
      environment,
      changes: Array.from({ length: changes }, (_, index) =>
        changeOf("create", SUBNET, `pods-${index}`, {
          after: { cidrBlock: "100.64.0.0/28", name: "x".repeat(200) },
        }),
      ),
    });

    it("leaves out from the end, keeps the table and says what is missing", () => {
      const quiet = { ...quietPreview, environment: "dev" };
      const markdown = previewMarkdown([quiet, huge("prod", 400)], LONGEST);
      assert.ok(markdown.length <= LONGEST);
      assert.ok(markdown.length > LONGEST - 2_000, String(markdown.length));
      assert.match(markdown, /\| `dev` \|.*\n\| `prod` \| \+400 \|/);
      const [, diff = ""] = /```diff\n([^]*?)\n```/.exec(markdown) ?? [];
      // A line of the resource and one of each property.
      const missing = 3 * 400 - diff.split("\n").length;
      assert.ok(
        markdown.endsWith(
          `\n**Left out, for a comment has no more room:** ${missing} lines of the diff of prod. \`podnet preview --all\` prints everything.\n`,
        ),
        markdown.slice(-300),
      );
      // What was begun is ended.
      assert.equal(markdown.match(/<details>/g)?.length, 2);
      assert.equal(markdown.match(/<\/details>/g)?.length, 2);
    });

    it("keeps the rows of those that need a look, of a hundred environments", () => {
      const quiet = Array.from({ length: 99 }, (_, index) => ({ ...quietPreview, environment: `e${index}` }));
      const markdown = previewMarkdown([...quiet, prod], LONGEST);
      const names = [...markdown.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
      assert.deepEqual(names, [...quiet.slice(0, 59).map(({ environment }) => environment), "prod"]);
      assert.match(markdown, /more room:\*\* 40 rows of the table\./);
    });

    it("never grows beyond it, whatever there is", () => {
      fc.assert(
        fc.property(
          fc.array(fc.nat({ max: 120 }), { maxLength: 100 }),
          fc.integer({ min: 3_000, max: LONGEST }),
          (sizes, longest) => {
            const outcomes = sizes.map((size, index) => huge(`e${index}`, size));
            assert.ok(previewMarkdown(outcomes, longest).length <= longest);
          },
        ),
        { numRuns: 30 },
      );
    });
  });
});
