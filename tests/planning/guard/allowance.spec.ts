import assert from "node:assert/strict";
import { forbidden, readAllowances, unmatched } from "../../../planning/guard/allowance";
import type { Danger, DangerId } from "../../../planning/guard/danger";
import { InvalidInputError } from "../../../planning/problem";

const danger = (id: DangerId, resource: string): Danger => ({
  id,
  resource,
  urn: "",
  title: "",
  evidence: [],
  wayOut: "",
});

describe("allowances of dangers", () => {
  const all = [danger("SUBNET-LOST", "a"), danger("SUBNET-LOST", "b"), danger("WORKERS-LOST", "a")];
  const left = (...texts: string[]) =>
    forbidden(all, readAllowances(texts)).map(({ id, resource }) => `${id}=${resource}`);

  it("leave what nobody allowed: of all resources, or of one", () => {
    assert.deepEqual(left(), ["SUBNET-LOST=a", "SUBNET-LOST=b", "WORKERS-LOST=a"]);
    assert.deepEqual(left("SUBNET-LOST"), ["WORKERS-LOST=a"]);
    assert.deepEqual(left("SUBNET-LOST=a", "WORKERS-LOST=b"), ["SUBNET-LOST=b", "WORKERS-LOST=a"]);
  });

  it("are unmatched where there is no danger of that kind, or of that name", () => {
    const given = readAllowances(["SUBNET-LOST=a", "SUBNET-LOST=c", "WORKERS-LOST", "RANGE-LOST"]);
    assert.deepEqual(unmatched(all, given), [{ id: "SUBNET-LOST", resource: "c" }, { id: "RANGE-LOST" }]);
  });

  it("take a name with an equals sign whole", () => {
    assert.deepEqual(readAllowances(["RANGE-LOST=a=b"]), [{ id: "RANGE-LOST", resource: "a=b" }]);
  });

  it("are refused, all at once, where there is no such danger or no resource", () => {
    assert.throws(
      () => readAllowances(["SUBNETS-LOST", "RANGE-LOST=", "CNI-FLAG-OFF"]),
      (error) => {
        assert.ok(error instanceof InvalidInputError);
        assert.deepEqual(
          error.problems.map(({ path, reason, fix }) => [path, reason, fix]),
          [
            [
              "allow[0]",
              '"SUBNETS-LOST" is no danger.',
              "Did you mean SUBNET-LOST? There are SUBNET-LOST, RANGE-LOST, ROUTES-LOST, ENICONFIG-LOST, WORKERS-LOST, WORKERS-ROLLED, CNI-LOST, CNI-FLAG-OFF, ADOPTION-LOST.",
            ],
            [
              "allow[1]",
              '"RANGE-LOST=" names no resource.',
              "Give RANGE-LOST=RESOURCE, or RANGE-LOST for all.",
            ],
          ],
        );
        return true;
      },
    );
  });
});
