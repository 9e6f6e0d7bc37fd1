import assert from "node:assert/strict";
import { podnet, podnetJson } from "../support/podnet";

describe("podnet check-cidr", () => {
  it("exits with 0 and no problems for a block that may be added", async () => {
    assert.deepEqual(await podnetJson("check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16"), {
      code: 0,
      json: { ok: true, problems: [], warnings: [], proposals: [] },
    });
  });

  it("exits with 1, the rule, the reason, a fix and proposals for one that may not", async () => {
    const { code, json } = await podnetJson("check-cidr 198.19.0.0/16 --vpc-cidr 10.0.0.0/16");
    assert.equal(code, 1);
    const { ok, problems, proposals } = json as {
      ok: boolean;
      problems: { rule: string; fix: string }[];
      proposals: string[];
    };
    assert.deepEqual(
      [ok, problems.map(({ rule, fix }) => [rule, fix]), proposals],
      [
        false,
        [["restricted-range", "Use 100.64.0.0/16, which is free."]],
        ["100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/16"],
      ],
    );
  });

  it("takes every flag", async () => {
    const rules = async (flags: string) =>
      (
        (await podnetJson(`check-cidr 100.64.0.0/16 --vpc-cidr 10.8.0.0/16 ${flags}`)).json as {
          problems: { rule: string }[];
        }
      ).problems.map(({ rule }) => rule);
    assert.deepEqual(await rules("10.9.0.0/16 --quota 2"), ["cidr-quota"]);
    assert.deepEqual(await rules("--route 0.0.0.0/0 --route 100.64.9.0/24"), ["route"]);
    assert.deepEqual(await rules("--peer-cidr 10.9.0.0/16 100.64.0.0/20"), ["peer-overlap"]);
    assert.deepEqual(await rules("--pending-peering requester"), ["pending-peering"]);
    assert.deepEqual(await rules("--pending-peering accepter"), []);
    assert.deepEqual(await rules("--pending-peering accepter --peer-cidr 100.64.0.0/20"), [
      "pending-peering",
    ]);
    assert.deepEqual(await rules("--direct-connect-cidr 100.64.0.0/20"), ["direct-connect-overlap"]);
    assert.deepEqual(await rules("--service-cidr 172.20.0.0/16"), []);
    assert.deepEqual(await rules("--other-cluster-cidr 100.64.0.0/20"), ["other-cluster-overlap"]);
  });

  it("tells people the verdict first, then why, then what to do", async () => {
    const { stdout } = await podnet("check-cidr 100.64.0.0/10 --vpc-cidr 10.0.0.0/16");
    assert.match(
      stdout,
      /^100\.64\.0\.0\/10 can't be added to a VPC with 10\.0\.0\.0\/16\.\n\n {2}STOP {2}block-size {2}.*\n +-> Read it as a pool/,
    );
    assert.match(stdout, /\nFree: 100\.64\.0\.0\/16, 100\.65\.0\.0\/16, 100\.66\.0\.0\/16\n$/);
    const fine = await podnet("check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16 --route 100.64.0.0/10");
    assert.match(fine.stdout, /^100\.64\.0\.0\/16 may be added .*\n\n {2}warn {2}route-shadowed/);
  });

  it("names its flags when it refuses them", async () => {
    const { code, stderr } = await podnet(
      "check-cidr 100.64/16 --vpc-cidr 10.0.0.0/16,10.1.0.1/16 --route x --service-cidr y --peer-cidr z",
    );
    assert.equal(code, 2);
    for (const flag of [
      "CIDR: ",
      "--vpc-cidr[1]: ",
      "--route[0]: ",
      "--service-cidr: ",
      "--peer-cidr[0]: ",
    ]) {
      assert.ok(stderr.includes(`\n  ${flag}`), `${flag} in ${stderr}`);
    }
  });
});
