import assert from "node:assert/strict";
import * as fc from "fast-check";
import { fromEnv, toEnv } from "../../../planning/awsNode/env";
import { AWS_NODE_SETTINGS, ENV_TABLE, type EnvEncoding } from "../../../planning/awsNode/envTable";
import type { AwsNodeSetting, AwsNodeSettings } from "../../../planning/awsNode/settings";
import { someSettings } from "../../support/awsNodeSettings";

describe("aws-node environment", () => {
  it("writes every kind of setting as a string", () => {
    const settings: AwsNodeSettings = {
      customNetworking: true,
      eniConfigLabelDef: "topology.kubernetes.io/zone",
      excludeSnatCidrs: ["10.0.0.0/8", "192.168.0.0/16"],
      warmIpTarget: 0,
      externalSnat: false,
      logLevel: "WARN",
      additionalEniTags: { team: "b", cost: "a" },
    };
    assert.deepEqual(toEnv(settings, "aws-node"), {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
      ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
      AWS_VPC_K8S_CNI_EXTERNALSNAT: "false",
      AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "10.0.0.0/8,192.168.0.0/16",
      WARM_IP_TARGET: "0",
      ADDITIONAL_ENI_TAGS: '{"cost":"a","team":"b"}',
      AWS_VPC_K8S_CNI_LOGLEVEL: "WARN",
    });
  });

  it("gives each container the variables that it reads", () => {
    const settings = { disableTcpEarlyDemux: true, v6Egress: true, warmEniTarget: 1 };
    assert.deepEqual(toEnv(settings, "aws-node"), { WARM_ENI_TARGET: "1", ENABLE_V6_EGRESS: "true" });
    assert.deepEqual(toEnv(settings, "aws-vpc-cni-init"), {
      DISABLE_TCP_EARLY_DEMUX: "true",
      ENABLE_V6_EGRESS: "true",
    });
  });

  it("reads what Go reads as true and false", () => {
    for (const [text, value] of [
      ["1", true],
      ["T", true],
      ["TRUE", true],
      ["f", false],
      ["0", false],
      ["False", false],
    ] as const) {
      assert.equal(fromEnv({ ENABLE_POD_ENI: text }).settings.podEni, value);
    }
  });

  it("keeps what is none of its variables apart, and names values that the CNI can't read", () => {
    const read = fromEnv(
      {
        MY_NODE_NAME: "x",
        WARM_ENI_TARGET: "one",
        AWS_VPC_K8S_CNI_EXTERNALSNAT: "treu",
        AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "10.0.0.0/8, 10.1/16",
        AWS_VPC_K8S_CNI_RANDOMIZESNAT: "PRNG",
        ADDITIONAL_ENI_TAGS: "[]",
        POD_MTU: "1500",
      },
      { VPC_CNI_VERSION: "v1.18.0" },
    );
    assert.deepEqual(read.settings, { excludeSnatCidrs: ["10.0.0.0/8"], podMtu: 1500 });
    assert.deepEqual(read.foreign, { VPC_CNI_VERSION: "v1.18.0", MY_NODE_NAME: "x" });
    assert.deepEqual(
      read.problems.map(({ path, reason }) => `${path}: ${reason}`),
      [
        'env.AWS_VPC_K8S_CNI_EXTERNALSNAT: "treu" is neither true nor false. The CNI takes its default in its place.',
        'env.AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "10.1/16" is not an IPv4 block. The CNI passes over it.',
        'env.AWS_VPC_K8S_CNI_RANDOMIZESNAT: "PRNG" is not a choice. The CNI takes its default in its place.',
        'env.WARM_ENI_TARGET: "one" is not a number of ENIs. The CNI takes its default in its place.',
        'env.ADDITIONAL_ENI_TAGS: "[]" is not a JSON object of strings. The CNI takes its default in its place.',
      ],
    );
  });

  it("says of a value with which aws-node does not start that it does not", () => {
    const [problem] = fromEnv({ IP_COOLDOWN_PERIOD: "-5" }).problems;
    assert.equal(problem?.reason, '"-5" is not a number of seconds. aws-node does not start with it.');
  });

  it("reads blocks with host bits, as the CNI does", () => {
    assert.deepEqual(fromEnv({ AWS_EXTERNAL_SERVICE_CIDRS: "10.1.2.3/8" }), {
      settings: { externalServiceCidrs: ["10.1.2.3/8"] },
      foreign: {},
      problems: [],
    });
  });

  it("reads a variable only where the container that knows it has it", () => {
    const wrong = fromEnv(
      { DISABLE_TCP_EARLY_DEMUX: "true" },
      { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" },
    );
    assert.deepEqual(wrong.settings, {});
    assert.deepEqual(wrong.foreign, {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
      DISABLE_TCP_EARLY_DEMUX: "true",
    });
    assert.deepEqual(fromEnv({}, { ENABLE_IPv6: "true" }).settings, { ipv6: true });
  });

  it("takes the main container's value where both have one", () => {
    assert.equal(fromEnv({ ENABLE_IPv6: "false" }, { ENABLE_IPv6: "true" }).settings.ipv6, false);
  });

  it("reads back every setting that it writes", () => {
    fc.assert(
      fc.property(someSettings, (settings) => {
        const read = fromEnv(toEnv(settings, "aws-node"), toEnv(settings, "aws-vpc-cni-init"));
        const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
        assert.deepEqual(read, { settings: given, foreign: {}, problems: [] });
      }),
    );
  });

  it("loses nothing of an environment: each variable is a setting, foreign, or a problem", () => {
    const names = fc.constantFrom(
      ...Object.values(ENV_TABLE).map(({ env }) => env),
      "FOREIGN",
      "__proto__",
      "constructor",
      "toString",
    );
    const values = fc.oneof(
      fc.constantFrom("true", "false", "1", "", "10.0.0.0/8", "{}", "strict", "DEBUG"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(names, values), (env) => {
        const { settings, foreign, problems } = fromEnv(env);
        const ofSettings = Object.keys(settings).map((name) => ENV_TABLE[name as AwsNodeSetting].env);
        const ofProblems = problems.map(({ path }) => path.replace("env.", ""));
        const seen = new Set([...ofSettings, ...ofProblems, ...Object.keys(foreign)]);
        assert.deepEqual([...seen].sort(), Object.keys(env).sort());
      }),
    );
  });

  // As the README of amazon-vpc-cni-k8s has them: variable, containers but for aws-node alone, first version, values.
  // prettier-ignore
  const documented: [string, string, string | undefined, string][] = [
    ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "", undefined, "boolean"],
    ["ENI_CONFIG_LABEL_DEF", "", "1.4.0", "text"],
    ["ENI_CONFIG_ANNOTATION_DEF", "", "1.4.0", "text"],
    ["AWS_VPC_K8S_CNI_EXTERNALSNAT", "", undefined, "boolean"],
    ["AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", "", "1.6.0", "cidrs"],
    ["AWS_VPC_K8S_CNI_RANDOMIZESNAT", "", undefined, "hashrandom prng none"],
    ["AWS_EXTERNAL_SERVICE_CIDRS", "", "1.12.6", "cidrs"],
    ["WARM_ENI_TARGET", "", undefined, "0 ENIs"],
    ["WARM_IP_TARGET", "", undefined, "0 addresses"],
    ["MINIMUM_IP_TARGET", "", "1.6.0", "0 addresses"],
    ["WARM_PREFIX_TARGET", "", "1.9.0", "0 prefixes"],
    ["ENABLE_PREFIX_DELEGATION", "", "1.9.0", "boolean"],
    ["MAX_ENI", "", undefined, "1 ENIs"],
    ["ENABLE_SUBNET_DISCOVERY", "", "1.18.0", "boolean"],
    ["ENABLE_POD_ENI", "", "1.7.0", "boolean"],
    ["POD_SECURITY_GROUP_ENFORCING_MODE", "", "1.11.0", "strict standard"],
    ["DISABLE_TCP_EARLY_DEMUX", "aws-vpc-cni-init", "1.7.3", "boolean"],
    ["AWS_MANAGE_ENIS_NON_SCHEDULABLE", "", "1.12.6", "boolean"],
    ["DISABLE_NETWORK_RESOURCE_PROVISIONING", "", "1.9.1", "boolean"],
    ["ENABLE_IMDS_ONLY_MODE", "", "1.19.6", "boolean"],
    ["ENABLE_MULTI_NIC", "", "1.20.0", "boolean"],
    ["IP_COOLDOWN_PERIOD", "", "1.15.0", "0 seconds"],
    ["AWS_VPC_ENI_MTU", "", "1.6.0", "576 to 9001 bytes"],
    ["POD_MTU", "", "1.16.4", "576 to 9001 bytes"],
    ["ENABLE_IPv4", "", "1.10.0", "boolean"],
    ["ENABLE_IPv6", "aws-node aws-vpc-cni-init", "1.10.0", "boolean"],
    ["ENABLE_V4_EGRESS", "", "1.15.1", "boolean"],
    ["ENABLE_V6_EGRESS", "aws-node aws-vpc-cni-init", "1.13.0", "boolean"],
    ["DISABLE_POD_V6", "", "1.15.0", "boolean"],
    ["CLUSTER_NAME", "", undefined, "text"],
    ["CLUSTER_ENDPOINT", "", "1.12.1", "text"],
    ["AWS_EC2_ENDPOINT", "", "1.13.0", "text"],
    ["DISABLE_INTROSPECTION", "", undefined, "boolean"],
    ["INTROSPECTION_BIND_ADDRESS", "", undefined, "text"],
    ["DISABLE_METRICS", "", undefined, "boolean"],
    ["ADDITIONAL_ENI_TAGS", "", "1.6.0", "tags"],
    ["DISABLE_LEAKED_ENI_CLEANUP", "", "1.13.0", "boolean"],
    ["AWS_VPC_CNI_NODE_PORT_SUPPORT", "", undefined, "boolean"],
    ["AWS_VPC_K8S_CNI_VETHPREFIX", "", undefined, "text"],
    ["ANNOTATE_POD_IP", "", "1.9.3", "boolean"],
    ["ENABLE_BANDWIDTH_PLUGIN", "", "1.10.0", "boolean"],
    ["NETWORK_POLICY_ENFORCING_MODE", "", "1.17.1", "standard strict none"],
    ["MANAGE_UNTAGGED_ENI", "", undefined, "boolean"],
    ["AWS_VPC_K8S_CNI_LOGLEVEL", "", undefined, "DEBUG INFO WARN ERROR FATAL"],
    ["AWS_VPC_K8S_CNI_LOG_FILE", "", undefined, "text"],
    ["AWS_VPC_K8S_PLUGIN_LOG_LEVEL", "", undefined, "DEBUG INFO WARN ERROR FATAL"],
    ["AWS_VPC_K8S_PLUGIN_LOG_FILE", "", undefined, "text"],
  ];
  const valuesOf = (encoding: EnvEncoding) =>
    encoding.kind === "choice"
      ? encoding.of.join(" ")
      : encoding.kind === "integer"
        ? `${encoding.from}${encoding.to < 1_000_000 ? ` to ${encoding.to}` : ""} ${encoding.unit}`
        : encoding.kind;
  for (const [env, containers, since, values] of documented) {
    it(`knows ${env}${since === undefined ? "" : ` since ${since}`}: ${values}`, () => {
      const row = Object.values(ENV_TABLE).find((candidate) => candidate.env === env);
      assert.ok(row);
      assert.deepEqual(
        [row.containers?.join(" ") ?? "", row.since, valuesOf(row.encoding)],
        [containers, since, values],
      );
    });
  }

  it("has no other variable", () => {
    assert.equal(AWS_NODE_SETTINGS.length, documented.length);
  });

  it("has each variable once", () => {
    const names = AWS_NODE_SETTINGS.map((name) => ENV_TABLE[name].env);
    assert.equal(new Set(names).size, names.length);
  });
});
