import assert from "node:assert/strict";
import { pulumiError } from "../../automation/pulumiError";

const stackUrn = "urn:pulumi:prod::eks-pod-network::pulumi:pulumi:Stack::eks-pod-network-prod";

describe("pulumiError", () => {
  it("says what a resource's error is about, each once", () => {
    const urn = "urn:pulumi:prod::eks-pod-network::aws:ec2/subnet:Subnet::pods-us-west-2a";
    const error = pulumiError("pulumi up of stack prod", {
      stderr: "error: update failed",
      until: {
        changes: [],
        counts: {},
        diagnostics: [
          { severity: "warning", message: "slow" },
          { severity: "error", message: "UnauthorizedOperation: ec2:CreateSubnet", urn },
          { severity: "error", message: "update failed", urn: stackUrn },
          { severity: "error", message: "update failed", urn: stackUrn },
        ],
      },
    });
    assert.equal(
      error.message,
      "pulumi up of stack prod failed: pods-us-west-2a: UnauthorizedOperation: ec2:CreateSubnet",
    );
    assert.equal(error.fix, "Give the credentials the IAM action that the message names.");
  });

  it("knows settings that components refuse from an outside that fails", () => {
    const saying = (message: string, ...urns: readonly string[]) =>
      pulumiError("pulumi preview of stack prod", {
        stderr: "error: preview failed",
        until: {
          changes: [],
          counts: {},
          diagnostics: urns.map((urn) => ({ severity: "error", message, urn })),
        },
      }).isOfSettings;
    const failed = (...urns: readonly string[]) => saying("no", ...urns);
    const own = "urn:pulumi:prod::eks-pod-network::eks-pod-network:index:PodNetwork";
    assert.equal(failed(`${own}::pod-network`), true);
    assert.equal(failed(`${own}$eks-pod-network:index:PodSubnets::pod-network`), true);
    assert.equal(failed(`${own}$aws:ec2/subnet:Subnet::pod-network-us-west-2a`), false);
    assert.equal(failed(`${own}::pod-network`, stackUrn), false);
    assert.equal(failed(), false);
    assert.equal(
      saying("the configuration of stack prod can't be used:\n  podCidrs: is missing.", stackUrn),
      true,
    );
    const live = "daemonset/aws-node.aws-vpc-cni-init.WARM_ENI_TARGET: is unknown to the schema. Remove it.";
    const ofTheCluster = [{ severity: "error" as const, message: live, urn: `${own}::pod-network` }];
    const { isOfSettings, fix } = pulumiError("pulumi up of stack prod", {
      stderr: "error: update failed",
      until: { changes: [], counts: {}, diagnostics: ofTheCluster },
    });
    assert.equal(isOfSettings, false);
    assert.match(fix, /^Find out who set that on aws-node/);
    assert.equal(saying("EKS said: the configuration of stack prod can't be used: no", stackUrn), false);
  });

  it("takes the last error of the command where no resource failed", () => {
    const { reason, fix } = pulumiError("opening stack prod", {
      stderr:
        "warning: old\nerror: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
    });
    assert.match(reason, /^PULUMI_ACCESS_TOKEN must be set/);
    assert.match(fix, /PULUMI_BACKEND_URL/);
  });

  const rows: [name: string, stderr: string, fix: RegExp][] = [
    [
      "a missing passphrase",
      "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE",
      /PULUMI_CONFIG_PASSPHRASE/,
    ],
    ["a missing plugin", "error: no resource plugin 'pulumi-resource-aws' found", /pulumi install/],
    [
      "a protected resource",
      'error: Cannot delete protected resource "pods"',
      /pulumi state unprotect --stack STACK URN/,
    ],
    [
      "a missing setting",
      "error: Missing required configuration variable 'x:clusterName'",
      /Pulumi\.STACK\.yaml/,
    ],
    ["expired credentials", "error: ExpiredToken: The security token included is expired", /aws sso login/],
    [
      "credentials that EC2 finds expired",
      "error: api error RequestExpired: Request has expired.",
      /aws sso login/,
    ],
    [
      "too many calls",
      "error: api error RequestLimitExceeded: Request limit exceeded.",
      /too many; run it again/,
    ],
    [
      "an endpoint that is down",
      "error: dial tcp 127.0.0.1:1: connect: connection refused",
      /AWS_ENDPOINT_URL/,
    ],
    ["an update that was cut off", "error: the stack has 1 pending operations", /pulumi refresh/],
  ];
  for (const [name, stderr, fix] of rows) {
    it(`knows the way out of ${name}`, () => {
      assert.match(pulumiError("pulumi up", { stderr }).fix, fix);
    });
  }

  it("says that a command said nothing", () => {
    assert.equal(pulumiError("pulumi up", { stderr: "" }).reason, "it said nothing");
  });

  it("quotes the beginning of what a command has poured out, and no more", () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    const { reason } = pulumiError("opening stack prod", {
      stderr: `warning: old\nerror: ${lines.join("\n")}`,
    });
    assert.deepEqual(reason.split("\n"), [...lines.slice(0, 20), "(and more; pulumi itself says all of it)"]);
    const long = pulumiError("opening stack prod", { stderr: "x".repeat(9_000) }).reason.split("\n");
    assert.deepEqual([long[0]?.length, long.length], [4_000, 2]);
  });
});
