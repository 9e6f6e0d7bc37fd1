import assert from "node:assert/strict";
import * as fc from "fast-check";
import { fromEnv, toEnv } from "../../../planning/awsNode/env";
import { AWS_NODE_SETTINGS, ENV_TABLE } from "../../../planning/awsNode/envTable";
import type { AwsNodeSettings } from "../../../planning/awsNode/settings";
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
    assert.deepEqual(read.settings, { podMtu: 1500 });
    assert.deepEqual(read.foreign, { VPC_CNI_VERSION: "v1.18.0", MY_NODE_NAME: "x" });
    assert.deepEqual(
      read.problems.map(({ path }) => path),
      [
        "env.AWS_VPC_K8S_CNI_EXTERNALSNAT",
        "env.AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
        "env.AWS_VPC_K8S_CNI_RANDOMIZESNAT",
        "env.WARM_ENI_TARGET",
        "env.ADDITIONAL_ENI_TAGS",
      ],
    );
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
        const initOnly = Object.keys(env).filter((name) => name === "DISABLE_TCP_EARLY_DEMUX").length;
        assert.equal(
          Object.keys(settings).length + Object.keys(foreign).length + problems.length + initOnly,
          Object.keys(env).length,
        );
      }),
    );
  });

  it("has each variable once", () => {
    const names = AWS_NODE_SETTINGS.map((name) => ENV_TABLE[name].env);
    assert.equal(new Set(names).size, names.length);
  });
});
