import assert from "node:assert/strict";
import type { EnvironmentStatus } from "../../automation/status/readStatus";
import { describeStatus, statusFoundAt } from "../../cli/statusText";

const NOW = 1_000_000_000;
const MINUTE = 60_000;

const prod: EnvironmentStatus = {
  environment: "prod",
  clusterName: "shop",
  region: "us-west-2",
  step: "partly rotated",
  next: "podnet rotate prod",
  lastRun: {
    kind: "rotate",
    runId: "7f3a",
    isRunning: false,
    isAborted: false,
    startedAtMs: NOW - 75 * MINUTE,
    endedAtMs: NOW - 60 * MINUTE,
  },
  pods: { inside: 1, of: 5_192 },
  nodes: { old: 118, of: 1_130 },
  freeAddresses: 49_137,
  network: {
    name: "prod",
    vpcId: "vpc-1",
    podCidrs: ["100.64.0.0/16"],
    peeredVpcIds: ["vpc-2"],
    transitGatewayIds: [],
  },
};
const lines = (text: string) => text.split("\n");

describe("describeStatus", () => {
  it("names a command that finds the environment where this process found it", () => {
    const place = { file: "e.yaml", workDir: "infra", pulumiRoot: "/opt/pulumi" };
    const flags = "--file=e.yaml --work-dir=infra";
    assert.equal(statusFoundAt(prod, place).next, `podnet rotate prod ${flags} --pulumi-root=/opt/pulumi`);
    const fresh = { ...prod, next: "podnet preflight prod" };
    assert.equal(statusFoundAt(fresh, place).next, `podnet preflight prod ${flags}`);
    const done = { ...prod, next: undefined };
    assert.equal(statusFoundAt(done, place), done);
  });

  it("has a line for each environment", () => {
    assert.deepEqual(lines(describeStatus([prod], NOW)), [
      "ENVIRONMENT  STEP            PODS IN NEW RANGE  OLD NODES     ADDRESSES FREE  LAST RUN                           NEXT",
      "prod         partly rotated  1 %                118 of 1,130  49,137          rotate 7f3a, 1 h ago, took 15 min  podnet rotate prod",
    ]);
  });

  it("says of an environment that nobody could look at why", () => {
    const text = describeStatus([{ environment: "dev", failure: "no credentials" }], NOW);
    assert.match(text, /^dev +not seen$/m);
    assert.match(text, /^dev: not seen: no credentials$/m);
    const withWayOut = { environment: "dev", failure: "no credentials", fix: "Sign in." };
    assert.match(describeStatus([withWayOut], NOW), /\n\ndev: not seen: no credentials\n {2}-> Sign in\.$/);
  });

  it("says of a run that goes on, was stopped, or was taken back", () => {
    const lastRun = {
      kind: "rotate",
      runId: "7f3a",
      isAborted: false,
      startedAtMs: NOW - MINUTE,
      endedAtMs: undefined,
    } as const;
    const of = (isRunning: boolean) => describeStatus([{ ...prod, lastRun: { ...lastRun, isRunning } }], NOW);
    assert.match(of(true), /rotate 7f3a, running {2}/);
    assert.match(of(false), /rotate 7f3a, begun 1 min ago, stopped {2}/);
    const aborted = { ...prod, lastRun: { ...lastRun, isRunning: false, isAborted: true, endedAtMs: NOW } };
    assert.match(describeStatus([aborted], NOW), /rotate 7f3a, aborted 0 s ago {2}/);
  });

  it("says of a rollback that has ended when that was, but not how long its last step took", () => {
    const lastRun = { kind: "rollback", isRunning: false, isAborted: false } as const;
    const ended = { ...lastRun, startedAtMs: NOW - 2 * MINUTE, endedAtMs: NOW - MINUTE };
    assert.match(describeStatus([{ ...prod, lastRun: ended }], NOW), / {2}rollback, 1 min ago {2}/);
  });

  it("never rounds a few pods to none, nor all but a few to all", () => {
    const percent = (inside: number) =>
      /(\d+) %/.exec(describeStatus([{ ...prod, pods: { inside, of: 1_000 } }], NOW))?.[1];
    assert.deepEqual([0, 1, 500, 999, 1_000].map(percent), ["0", "1", "50", "99", "100"]);
  });

  it("warns of a range that connected VPCs share", () => {
    const staging = {
      ...prod,
      environment: "staging",
      network: { ...prod.network, name: "staging", vpcId: "vpc-2", peeredVpcIds: [] },
    };
    assert.match(
      describeStatus([prod, staging], NOW),
      /^warn {2}prod and staging share addresses for pods \(100\.64\.0\.0\/16\), and their VPCs are connected by\n {6}peering\.$/m,
    );
  });
});
