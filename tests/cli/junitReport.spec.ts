import assert from "node:assert/strict";
import { junitReport } from "../../cli/junitReport";

describe("a JUnit report", () => {
  it("has a suite of cases, with failures and errors, their numbers, and the times that are known", () => {
    assert.equal(
      junitReport("podnet verify", [
        {
          name: "prod",
          tookMs: 64_250,
          cases: [
            { name: "no node is old", failures: [] },
            {
              name: "every pod is in the pod subnets",
              failures: ["shop/web-1 has 10.8.0.9", "shop/web-2 has 10.8.0.10"],
              tookMs: 1_004,
            },
          ],
        },
        { name: "dev", cases: [], error: "AWS said no" },
      ]),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="podnet verify" tests="3" failures="1" errors="1">
  <testsuite name="prod" tests="2" failures="1" errors="0" skipped="0" time="64.250">
    <testcase classname="podnet verify prod" name="no node is old"/>
    <testcase classname="podnet verify prod" name="every pod is in the pod subnets" time="1.004">
      <failure message="shop/web-1 has 10.8.0.9">shop/web-1 has 10.8.0.9
shop/web-2 has 10.8.0.10</failure>
    </testcase>
  </testsuite>
  <testsuite name="dev" tests="1" failures="0" errors="1" skipped="0">
    <testcase classname="podnet verify dev" name="could be looked at">
      <error message="AWS said no"/>
    </testcase>
  </testsuite>
</testsuites>`,
    );
  });

  it("escapes what XML takes for its own, and replaces what it may not hold", () => {
    const report = junitReport("a & b", [
      { name: `<"x">`, cases: [{ name: "c", failures: ["1 < 2\u0000 & \u001b[31mred\u{1f600}\ud800"] }] },
    ]);
    assert.match(report, /<testsuites name="a &amp; b" /);
    assert.match(report, /<testsuite name="&lt;&quot;x&quot;&gt;" /);
    assert.ok(report.includes(">1 &lt; 2\ufffd &amp; \ufffd[31mred\u{1f600}\ufffd</failure>"), report);
  });

  it("keeps lines apart in an attribute", () => {
    assert.match(junitReport("r", [{ name: "s", cases: [], error: "one\ntwo" }]), /message="one&#10;two"/);
  });
});
