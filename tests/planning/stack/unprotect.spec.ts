import assert from "node:assert/strict";
import { withStackInUnprotect } from "../../../planning/stack/unprotect";

describe("withStackInUnprotect", () => {
  it("names the stack of each resource, whatever else is said", () => {
    const urn = (stack: string) =>
      `urn:pulumi:${stack}::eks-pod-network::aws:ec2/subnet:Subnet::pods-${stack}`;
    const said = (command: (stack: string) => string) =>
      `it is protected; use the command:\n\`${command("prod")}\`\nand \`${command("dev")}\`, then pulumi up`;
    assert.equal(
      withStackInUnprotect(said((stack) => `pulumi state unprotect '${urn(stack)}'`)),
      said((stack) => `pulumi state unprotect --stack ${stack} '${urn(stack)}'`),
    );
  });
});
