import assert from "node:assert/strict";
import fc from "fast-check";
import { reportHtml } from "../../../automation/report/html/reportHtml";
import type { ReportFacts } from "../../../planning/report/facts";
import { reportModel } from "../../../planning/report/reportModel";
import { sampleFacts } from "./sampleFacts";

/** A report without the places at which long words may be broken. */
const htmlOf = (facts: ReportFacts) => reportHtml(reportModel(facts)).replaceAll("<wbr/>", "");
/** Every tag of a page, without what its attributes are. */
const tagsOf = (html: string) =>
  [...html.matchAll(/<(\/?[a-zA-Z!][^\s/>]*)/g)].map(([, tag = ""]) => tag.toLowerCase()).sort();

const FACTS = sampleFacts({ nodes: 3, blocked: 1 });

/** The same facts, with another text in the place of names and messages. */
function withText(text: string): ReportFacts {
  const facts = FACTS;
  const { timeline, preflight, made } = facts;
  if (timeline === undefined || "notSeen" in timeline || "notSeen" in preflight || made === undefined)
    return assert.fail("it is seen");
  const nodes = new Map(
    [...timeline.nodes.values()].map((node, index) => {
      const name = `${text}${index}`;
      return [name, { ...node, name, availabilityZone: text, waits: [text], evicted: [text] }];
    }),
  );
  return {
    ...facts,
    ...{ environment: text, clusterName: text, region: text, vpcId: text },
    subnets: facts.subnets.map((subnet) => ({ ...subnet, subnetId: text, availabilityZone: text })),
    timeline: { ...timeline, nodes, samples: timeline.samples.slice(0, 3) },
    preflight: {
      ...preflight,
      findings: preflight.findings.map((one) => ({
        ...{ ...one, id: text, title: text },
        ...{ evidence: [text], wayOut: text },
      })),
      notRun: [{ id: text, why: text }],
    },
    made: { ...made, eniConfigs: [text] },
    settings: [{ name: text, before: text, now: text }],
    types: [{ instanceType: text, maxPods: 20, nodes: 1 }],
  };
}

describe("a report as HTML", () => {
  it("takes every text of others as text", () => {
    const harmless = tagsOf(htmlOf(withText("name")));
    const hostile = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
      fc
        .array(
          fc.constantFrom(
            ...['"', "'", "<", ">", "&", "</style>", "</title>", "<script>alert(1)</script>", "<!--", "-->"],
            ...["onfocus=alert(1)", "\u0000", "\u202e", "]]>", "&lt;", "javascript:", "<svg/onload=x>", "x"],
          ),
          { minLength: 1, maxLength: 8 },
        )
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const html = htmlOf(withText(text));
        assert.deepEqual(tagsOf(html), harmless);
        // eslint-disable-next-line no-control-regex -- they are what is looked for
        assert.doesNotMatch(html, /[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 60 },
    );
  }).timeout(30_000);

  it("asks nothing of any network, and runs no script", () => {
    const html = htmlOf(sampleFacts({ nodes: 10, blocked: 1, paused: true }));
    const targets = [...html.matchAll(/\b(?:src|href|srcset|action|data|poster)="([^"]*)"/g)].map(
      ([, one]) => one,
    );
    assert.deepEqual(
      targets.filter((target) => target?.startsWith("#") !== true),
      [],
    );
    assert.doesNotMatch(html, /url\(|@import|https?:\/\/|<script|\son[a-z]+="/i);
    assert.match(html, /default-src 'none'/);
  });

  it("has everything that is drawn in a table", () => {
    const facts = sampleFacts({ nodes: 10, blocked: 1 });
    const model = reportModel(facts);
    const { space, pods, maxPods } = model;
    const rotation = model.rotation ?? assert.fail("there was one");
    const cells = (table: { readonly rows: readonly (readonly string[])[] }) => new Set(table.rows.flat());
    const lanes = cells(rotation.table);
    for (const { old, workers } of rotation.groups)
      for (const { node, outcome } of [...old, ...workers])
        assert.ok(lanes.has(node.name) && lanes.has(outcome), node.name);
    const subnets = cells(space.table);
    for (const { after, before } of space.bands)
      for (const { subnetId } of [...after.subnets, ...(before?.subnets ?? [])])
        assert.ok(subnets.has(subnetId));
    assert.equal(pods?.table.rows.length, pods?.stretches.flat().length);
    assert.equal(maxPods.table.rows.length, maxPods.types.length);
    const html = htmlOf(facts);
    for (const { rows } of [space.table, rotation.table, pods?.table ?? assert.fail(), maxPods.table])
      for (const cell of rows.flat()) assert.ok(cell === "" || html.includes(`<td>${cell}</td>`), cell);
  });

  it("may be broken within long words of its tables, where a person would, and within no others", () => {
    const html = reportHtml(reportModel(FACTS));
    assert.ok(
      html.includes("<td>AWS_<wbr/>VPC_<wbr/>K8S_<wbr/>CNI_<wbr/>CUSTOM_<wbr/>NETWORK_<wbr/>CFG</td>"),
    );
    assert.ok(html.includes("<td>ENI_CONFIG_LABEL_DEF</td>"));
  });

  it("begins each axis with its unit", () => {
    const axes = [...htmlOf(FACTS).matchAll(/<div class="axis [^>]*><span [^>]*>([^<]*)/g)];
    assert.deepEqual(
      axes.map(([, first]) => first),
      ["0 h", "0 h", "0 h", "0 h"],
    );
  });

  it("leaves room on a narrow page between the moments of an axis", () => {
    const { timeline } = FACTS;
    if (timeline === undefined || "notSeen" in timeline) return assert.fail("it is seen");
    const processes = [{ runId: "7f3a", from: 0, to: 49, end: "done" }];
    const [axis = ""] =
      /<div class="axis .*?<\/div>/.exec(htmlOf({ ...FACTS, timeline: { ...timeline, processes } })) ?? [];
    const moments = [...axis.matchAll(/<span ([^>]*)>([^<]*)/g)];
    const kept = moments.filter(([, attributes = ""]) => !attributes.includes("spare"));
    assert.equal(moments.length, 10);
    assert.deepEqual(
      kept.map(([, , text]) => text),
      ["0 min", "0:15", "0:30", "0:45"],
    );
  });

  it("shows what there is of an environment that nobody has touched", () => {
    const html = htmlOf({
      ...sampleFacts({ nodes: 3 }),
      ...{
        timeline: undefined,
        made: undefined,
        settings: undefined,
        types: { notSeen: "nodes: no answer" },
      },
    });
    assert.match(html, /No rotation has kept a history/);
    assert.match(html, /the environment was never brought up/);
    assert.match(html, /<li>nodes: no answer<\/li>/);
  });

  it("of 2,000 nodes stays below 3 MB", () => {
    const bytes = Buffer.byteLength(htmlOf(sampleFacts({ nodes: 1_000, blocked: 3 })));
    assert.ok(bytes < 3_000_000, String(bytes));
  }).timeout(30_000);
});
