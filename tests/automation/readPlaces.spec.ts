import assert from "node:assert/strict";
import { placeNames, readPlaces } from "../../automation/preflight/readPlaces";
import { InvalidInputError } from "../../planning/problem";

describe("places that pods must reach", () => {
  it("are resolved by name, and an address is its own", async () => {
    const asked: string[] = [];
    const places = await readPlaces(placeNames(["db.example.org:5432", "10.20.0.9:443"]), (host) => {
      asked.push(host);
      return Promise.resolve(["10.20.0.7", "10.20.0.8"]);
    });
    assert.deepEqual(asked, ["db.example.org"]);
    assert.deepEqual(
      places.map(({ text, ...place }) => [text, "addresses" in place ? place.addresses : undefined]),
      [
        ["db.example.org:5432", ["10.20.0.7", "10.20.0.8"]],
        ["10.20.0.9:443", ["10.20.0.9"]],
      ],
    );
  });

  it("whose name nobody knows say so, and the others are there", async () => {
    const places = await readPlaces(placeNames(["db.invalid:1", "10.20.0.9:443"]), () =>
      Promise.reject(new Error("getaddrinfo ENOTFOUND db.invalid")),
    );
    assert.deepEqual(
      places.map(({ unresolved }) => unresolved),
      ["getaddrinfo ENOTFOUND db.invalid", undefined],
    );
  });

  it("that are none are all refused at once", () => {
    assert.throws(
      () => placeNames(["db", "10.20.0.9:443", "db:0"]),
      (error) =>
        error instanceof InvalidInputError &&
        error.problems.map(({ path }) => path).join() === "mustReach[0],mustReach[2]",
    );
  });
});
