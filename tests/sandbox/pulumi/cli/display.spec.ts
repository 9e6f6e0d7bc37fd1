import assert from "node:assert/strict";
import { Display } from "../../../../sandbox/pulumi/cli/display";
import type { StepMetadata } from "../../../../sandbox/pulumi/engine/events";

const component: StepMetadata = {
  op: "create",
  urn: "urn:pulumi:dev::test::test:index:Group::a",
  type: "test:index:Group",
  old: null,
  new: null,
  detailedDiff: null,
  provider: "",
};

describe("what the stand-in for pulumi writes for people", () => {
  it("lists a component once in a preview, though its outputs are an event of their own", () => {
    let text = "";
    const display = new Display((written) => (text += written), {
      preview: true,
      diff: false,
      showOutputs: false,
    });
    for (const sequence of [0, 1])
      display.show({ sequence, timestamp: 0, resOutputsEvent: { metadata: component, planning: true } });
    assert.equal(text, " +  test:index:Group a create\n");
  });
});
