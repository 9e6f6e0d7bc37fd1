import assert from "node:assert/strict";
import fc from "fast-check";
import type { z } from "zod";
import { environmentsFile } from "../../automation/environmentsSchema";
import { fleetProblems, fleetSchema } from "../../planning/fleet";
import { readBySchema } from "../../planning/schemaProblems";
import { existingClusterConfig } from "../../planning/stackConfig/existingCluster";
import { settingValues } from "../../planning/stackConfig/settingValues";
import { checkPrototypes, hostileJson, hostileKey, spoiltDocument } from "../support/hostile";

const FLEET = {
  subnets: [
    { zone: "us-west-2a", prefixLength: 24 },
    { zone: "us-west-2b", cidr: "100.64.0.0/24" },
  ],
  instances: [{ type: "m5.large", count: 2, podsPerNode: 10, zone: "us-west-2a" }],
  surge: "10%",
};
const ENVIRONMENTS = {
  environments: [
    {
      name: "prod",
      region: "us-west-2",
      account: "123456789012",
      after: ["dev"],
      rotation: { maxUnavailable: "10%", healthGate: { unreadyNodes: 1 } },
      accept: ["SNAT-EXTERNAL", { id: "SNAT-EXTERNAL", reason: "known" }],
      mustReach: ["ledger.example.com:5432"],
    },
  ],
};
const SETTINGS = {
  clusterName: "shop",
  podCidrs: ["100.64.0.0/16"],
  tags: { team: "platform" },
  routeTableIds: { "us-west-2a": "rtb-0123456789abcdef0" },
  cni: { env: { WARM_IP_TARGET: "2" }, adopt: true },
  workerGroups: [
    { name: "new", replaces: ["old"], labels: { a: "b" }, taints: [{ key: "a", effect: "NoSchedule" }] },
  ],
};

const files: readonly { readonly of: string; readonly schema: z.ZodType; readonly document: object }[] = [
  { of: "a fleet", schema: fleetSchema, document: FLEET },
  { of: "environments", schema: environmentsFile, document: ENVIRONMENTS },
  { of: "settings of a stack", schema: existingClusterConfig, document: SETTINGS },
];

describe("readBySchema, of whatever is given", () => {
  for (const { of, schema, document } of files) {
    it(`gives the value or problems that name place, reason and way out, for ${of}`, () => {
      assert.ok("value" in readBySchema(schema, document));
      fc.assert(
        fc.property(fc.oneof(spoiltDocument(document), hostileJson()), (given) => {
          const reading = readBySchema(schema, given);
          if ("problems" in reading) {
            assert.ok(reading.problems.length > 0);
            for (const { path, reason, fix } of reading.problems) assert.ok(path && reason && fix);
          }
          checkPrototypes();
        }),
      );
    });
  }

  it("gives back every key and value, or says of each what is wrong with it", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostileKey(), fc.string()), { maxLength: 5 }), (entries) => {
        const tags = Object.fromEntries(entries);
        const reading = readBySchema(existingClusterConfig, { ...SETTINGS, tags });
        if ("value" in reading) assert.deepEqual(reading.value.tags, tags);
        else {
          assert.deepEqual(reading.problems, [
            { path: "tags.__proto__", reason: '"__proto__" is not a key here.', fix: "Leave it out." },
          ]);
          assert.ok(Object.hasOwn(tags, "__proto__"));
        }
      }),
    );
  });

  it("refuses what is nested without end, before anything runs out of stack", () => {
    for (const depth of [101, 100_000]) {
      let deep: unknown = 1;
      for (let level = 0; level < depth; level++) deep = level % 2 === 0 ? [deep] : { deep };
      assert.deepEqual(readBySchema(existingClusterConfig, { ...SETTINGS, tags: deep }), {
        problems: [{ path: "tags", reason: "it is nested more than 100 deep.", fix: "Write it flatter." }],
      });
    }
  });

  it("keeps the passwords of URLs to itself", () => {
    const [environment] = ENVIRONMENTS.environments;
    const reading = readBySchema(environmentsFile, {
      environments: [{ ...environment, backend: "postgres://podnet:hunter2@db/state" }],
    });
    assert.ok("problems" in reading);
    assert.deepEqual(
      reading.problems.map(({ reason }) => reason),
      ['"postgres://[secret]@db/state" can\'t be used.'],
    );
  });
});

describe("fleetProblems, of any fleet that has the form of one", () => {
  it("gives problems, and no failure", () => {
    fc.assert(
      fc.property(spoiltDocument(FLEET), (given) => {
        const reading = readBySchema(fleetSchema, given);
        if (!("value" in reading)) return;
        for (const problem of fleetProblems(reading.value)) assert.ok(problem.reason);
      }),
    );
  });
});

describe("settingValues, of any settings", () => {
  it("keeps every key, and takes a text for JSON only where it is", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostileKey(), hostileJson()), { maxLength: 5 }), (entries) => {
        const given = Object.fromEntries(entries);
        const values = settingValues(existingClusterConfig, given);
        assert.deepEqual(Object.keys(values), Object.keys(given));
        checkPrototypes();
      }),
    );
  });

  it("takes a key that every object has for one that the program does not know", () => {
    const reading = readBySchema(
      existingClusterConfig,
      settingValues(existingClusterConfig, { ...SETTINGS, constructor: "x" }),
    );
    assert.deepEqual(
      "problems" in reading ? reading.problems.map(({ path, reason }) => [path, reason]) : [],
      [["constructor", '"constructor" is not a key here.']],
    );
  });
});
