import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  mergeConfigurationValues,
  mergeEnv,
  mergeEnvList,
  type EnvVar,
} from "../../../planning/awsNode/merge";
import { InvalidInputError } from "../../../planning/problem";
import { checkPrototypes, hostileJson, hostileKey, hostileText } from "../../support/hostile";
import { pathsOf } from "../../support/problems";

describe("merging an environment", () => {
  it("sets what is desired, in its place, and tells what changed", () => {
    assert.deepEqual(mergeEnv({ A: "1", B: "2", C: "3" }, { D: "4", B: "two", C: "3" }), {
      env: { A: "1", B: "two", C: "3", D: "4" },
      changes: [
        { name: "D", from: undefined, to: "4" },
        { name: "B", from: "2", to: "two" },
      ],
    });
  });

  it("keeps every entry of a container's list, in its order, with valueFrom", () => {
    const live: EnvVar[] = [
      { name: "MY_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: "WARM_ENI_TARGET", value: "1" },
      { name: "FOREIGN", value: "kept" },
      { name: "EMPTY" },
    ];
    assert.deepEqual(mergeEnvList(live, { WARM_ENI_TARGET: "2", NEW: "x" }), {
      env: [live[0], { name: "WARM_ENI_TARGET", value: "2" }, live[2], live[3], { name: "NEW", value: "x" }],
      changes: [
        { name: "WARM_ENI_TARGET", from: "1", to: "2" },
        { name: "NEW", from: undefined, to: "x" },
      ],
    });
  });

  it("keeps a foreign name that stands twice as it is, and sets a desired one in both places", () => {
    const live = [
      { name: "A", value: "1" },
      { name: "A", value: "2" },
      { name: "WARM_ENI_TARGET", value: "1" },
      { name: "WARM_ENI_TARGET", value: "2" },
    ];
    assert.deepEqual(mergeEnvList(live, { WARM_ENI_TARGET: "3" }), {
      env: [
        live[0],
        live[1],
        { name: "WARM_ENI_TARGET", value: "3" },
        { name: "WARM_ENI_TARGET", value: "3" },
      ],
      changes: [{ name: "WARM_ENI_TARGET", from: "2", to: "3" }],
    });
  });

  it("refuses to overwrite a value that comes from elsewhere", () => {
    const live = [{ name: "CLUSTER_NAME", valueFrom: { configMapKeyRef: {} } }];
    assert.deepEqual(
      pathsOf(() => mergeEnvList(live, { CLUSTER_NAME: "x" })),
      ["env.CLUSTER_NAME"],
    );
  });

  it("is done after the first time, and loses no foreign value", () => {
    const env = fc.dictionary(
      fc.oneof(fc.constantFrom("A", "B", "__proto__", "constructor"), fc.string()),
      fc.string(),
    );
    fc.assert(
      fc.property(env, env, (current, desired) => {
        const once = mergeEnv(current, desired);
        const twice = mergeEnv(once.env, desired);
        assert.deepEqual(twice.changes, []);
        assert.deepEqual(Object.entries(twice.env), Object.entries(once.env));
        for (const [name, value] of Object.entries(current)) {
          if (!Object.hasOwn(desired, name))
            assert.equal(Object.entries(once.env).find(([key]) => key === name)?.[1], value);
        }
      }),
    );
  });
});

describe("merging the add-on's configuration values", () => {
  const desired = { env: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" }, initEnv: {} };

  it("keeps everything that is set today", () => {
    const current = JSON.stringify({
      enableNetworkPolicy: "true",
      env: { WARM_ENI_TARGET: "2", AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "false" },
      init: { env: { DISABLE_TCP_EARLY_DEMUX: "true" }, image: { tag: "x" } },
      resources: { requests: { cpu: "50m" } },
    });
    const merged = mergeConfigurationValues(current, { ...desired, initEnv: { ENABLE_V6_EGRESS: "true" } });
    assert.deepEqual(JSON.parse(merged.text), {
      enableNetworkPolicy: "true",
      env: { WARM_ENI_TARGET: "2", AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" },
      init: { env: { DISABLE_TCP_EARLY_DEMUX: "true", ENABLE_V6_EGRESS: "true" }, image: { tag: "x" } },
      resources: { requests: { cpu: "50m" } },
    });
    assert.deepEqual(merged.changes, [
      { name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", from: "false", to: "true" },
      { name: "init.ENABLE_V6_EGRESS", from: undefined, to: "true" },
    ]);
  });

  it("reads YAML as well, and nothing as nothing", () => {
    assert.deepEqual(mergeConfigurationValues("env:\n  WARM_ENI_TARGET: '2'\n", desired).values, {
      env: { WARM_ENI_TARGET: "2", AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" },
    });
    for (const none of [undefined, "", "{}"]) {
      assert.deepEqual(mergeConfigurationValues(none, desired).values, { env: desired.env });
    }
  });

  it("has the add-on make ENIConfigs where it is asked to, and keeps those of other names", () => {
    const eniConfig = {
      region: "us-west-2",
      subnets: { "us-west-2a": { id: "subnet-0a", securityGroups: ["sg-0a"] } },
    };
    assert.deepEqual(mergeConfigurationValues(undefined, { ...desired, eniConfig }).values.eniConfig, {
      create: true,
      ...eniConfig,
    });
    const current =
      '{"eniConfig":{"create":true,"region":"us-west-2","subnets":{"us-west-2b":{"id":"subnet-0b"}}}}';
    const merged = mergeConfigurationValues(current, { env: {}, initEnv: {}, eniConfig });
    assert.deepEqual(merged.values.eniConfig, {
      create: true,
      region: "us-west-2",
      subnets: { "us-west-2b": { id: "subnet-0b" }, ...eniConfig.subnets },
    });
    assert.deepEqual(merged.changes, [
      {
        name: "eniConfig.subnets.us-west-2a",
        from: undefined,
        to: '{"id":"subnet-0a","securityGroups":["sg-0a"]}',
      },
    ]);
  });

  it("reads past tags that it does not know", () => {
    assert.deepEqual(mergeConfigurationValues("env: !x { A: b }", desired).values.env, {
      A: "b",
      ...desired.env,
    });
  });

  it("refuses what EKS could not have taken", () => {
    assert.deepEqual(
      pathsOf(() => mergeConfigurationValues("{", desired)),
      ["configurationValues"],
    );
    assert.deepEqual(
      pathsOf(() => mergeConfigurationValues("a: &a [*a]", desired)),
      ["configurationValues"],
    );
    assert.deepEqual(
      pathsOf(() => mergeConfigurationValues("[]", desired)),
      ["configurationValues"],
    );
    assert.deepEqual(
      pathsOf(() => mergeConfigurationValues('{"env": []}', desired)),
      ["configurationValues.env"],
    );
    assert.deepEqual(
      pathsOf(() => mergeConfigurationValues('{"init": "x"}', desired)),
      ["configurationValues.init"],
    );
    assert.deepEqual(
      pathsOf(() =>
        mergeConfigurationValues('{"env": {"WARM_ENI_TARGET": 1, "A": "b", "C": true}}', desired),
      ),
      ["configurationValues.env.WARM_ENI_TARGET", "configurationValues.env.C"],
    );
  });
});

describe("merging into a configuration that anybody wrote", () => {
  const desired = { env: { WARM_IP_TARGET: "2" }, initEnv: {} };

  it("keeps everything that is there, whatever it is called, or refuses it", () => {
    const entries = fc.array(fc.tuple(hostileKey(), hostileJson()), { maxLength: 4 });
    fc.assert(
      fc.property(entries, (given) => {
        const current = JSON.parse(JSON.stringify(Object.fromEntries(given))) as Record<string, unknown>;
        try {
          const { values, text } = mergeConfigurationValues(JSON.stringify(current), desired);
          assert.deepEqual(values, { ...current, env: { ...(current.env as object), ...desired.env } });
          assert.deepEqual(JSON.parse(text), values);
        } catch (error) {
          assert.ok(error instanceof InvalidInputError, String(error));
        }
        checkPrototypes();
      }),
    );
  });

  it("refuses what it can't read, however deep it is nested, without a word of it", () => {
    const texts = [
      "[".repeat(10_000),
      `${"[".repeat(3_000)}${"]".repeat(3_000)}`,
      "env: |hunter2\n",
      "env: *hunter2",
    ];
    for (const text of texts) {
      assert.throws(
        () => mergeConfigurationValues(text, desired),
        (error: Error) => error instanceof InvalidInputError && !error.message.includes("hunter2"),
      );
    }
    const any = hostileText(40);
    fc.assert(
      fc.property(any, (text) => {
        try {
          mergeConfigurationValues(text, desired);
        } catch (error) {
          assert.ok(error instanceof InvalidInputError, String(error));
        }
      }),
    );
  });
});
