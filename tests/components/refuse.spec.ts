import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { refuse } from "../../components/refuse";

const problem = { path: "zones[0]", reason: "it is full.", fix: "Take another." };
const component = {} as pulumi.Resource;

function refused(): unknown {
  try {
    refuse(component, [problem]);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("refusing a component", () => {
  it("says what is wrong at the component, whoever writes something before it", () => {
    const error = refused();
    assert.ok(pulumi.ResourceError.isInstance(error));
    assert.equal(error.resource, component);
    assert.equal(error.hideStack, true);
    error.message = `Output with name "summary": ${error.message}`;
    assert.equal(error.message, "zones[0]: it is full. Take another.");
  });

  it("has no trace, which Pulumi would write out in colours only to throw it away", () => {
    const error = refused();
    assert.ok(error instanceof Error);
    assert.equal(error.stack, "Error: zones[0]: it is full. Take another.");
  });

  it("does nothing where there is no problem", () => {
    assert.doesNotThrow(() => {
      refuse(component, []);
    });
  });
});
