import assert from "node:assert/strict";
import { inSameAws } from "../../planning/sameAws";

describe("environments whose networks may be connected", () => {
  const named = (name: string, profile?: string) => ({ name, profile });
  const [sandbox, lab] = [named("sandbox"), named("lab")];
  const [dev, prod] = [named("dev", "shop-dev"), named("prod", "shop-prod")];
  const all = [sandbox, dev, lab, prod];

  it("are all of them, whatever their profiles", () => {
    for (const endpoint of [undefined, "", "https://ec2.us-west-2.amazonaws.com"]) {
      assert.deepEqual(inSameAws(sandbox, all, endpoint), all, endpoint);
    }
  });

  it("are in an AWS on this computer those of the same profile", () => {
    for (const endpoint of ["http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:4566"]) {
      assert.deepEqual(inSameAws(sandbox, all, endpoint), [sandbox, lab], endpoint);
      assert.deepEqual(inSameAws(dev, all, endpoint), [dev], endpoint);
    }
  });
});
