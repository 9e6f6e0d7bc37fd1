import assert from "node:assert/strict";
import { cniVersionOf, NEWEST_CNI } from "../../../../sandbox/dataPlane/ipamd/cniVersion";
import { eniConfigName } from "../../../../sandbox/dataPlane/ipamd/eniConfigName";
import { readIpamdSettings } from "../../../../sandbox/dataPlane/ipamd/settings";

describe("the environment of aws-node", () => {
  it("has the CNI's defaults where nothing is set, and where a value can't be read", () => {
    const defaults = {
      customNetworking: false,
      eniConfigLabel: "k8s.amazonaws.com/eniConfig",
      eniConfigAnnotation: "k8s.amazonaws.com/eniConfig",
      warmEniTarget: 1,
      warmIpTarget: 0,
      minimumIpTarget: 0,
      prefixDelegation: false,
      warmPrefixTarget: 0,
      podEni: false,
      maxEni: undefined,
      managesNonSchedulable: false,
      usesSubnetDiscovery: true,
      knowsExcludedSubnets: true,
      copiesPrimaryGroups: true,
      endsWithoutAddress: true,
      provisions: true,
      clusterName: undefined,
      cooldownMs: 30_000,
      interfaceTags: {},
    };
    assert.deepEqual(readIpamdSettings({}), defaults);
    assert.deepEqual(
      readIpamdSettings({
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "yes",
        ENI_CONFIG_LABEL_DEF: "",
        WARM_ENI_TARGET: "-1",
        WARM_IP_TARGET: "many",
        MINIMUM_IP_TARGET: "-3",
        WARM_PREFIX_TARGET: "-1",
        ENABLE_PREFIX_DELEGATION: "on",
        MAX_ENI: "0",
        IP_COOLDOWN_PERIOD: "1.5",
        ADDITIONAL_ENI_TAGS: "team=platform",
      }),
      defaults,
    );
  });

  it("is read as the CNI reads it", () => {
    const settings = readIpamdSettings({
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "T",
      ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
      ENI_CONFIG_ANNOTATION_DEF: "example.com/eni",
      WARM_ENI_TARGET: "0",
      MAX_ENI: "2",
      IP_COOLDOWN_PERIOD: "5",
      CLUSTER_NAME: "small",
      ADDITIONAL_ENI_TAGS: '{"team":"platform","node.k8s.amazonaws.com/instance_id":"mine"}',
      ENABLE_IPv4: "true",
      ENABLE_SUBNET_DISCOVERY: "false",
      ENABLE_PREFIX_DELEGATION: "true",
      WARM_PREFIX_TARGET: "2",
      ENABLE_POD_ENI: "1",
    });
    assert.equal(settings.prefixDelegation, true);
    assert.equal(settings.warmPrefixTarget, 2);
    assert.equal(settings.podEni, true);
    assert.equal(settings.usesSubnetDiscovery, false);
    assert.equal(settings.customNetworking, true);
    assert.equal(settings.eniConfigLabel, "topology.kubernetes.io/zone");
    assert.equal(settings.eniConfigAnnotation, "example.com/eni");
    assert.equal(settings.warmEniTarget, 0);
    assert.equal(settings.maxEni, 2);
    assert.equal(settings.cooldownMs, 5_000);
    assert.deepEqual(settings.interfaceTags, { team: "platform", "cluster.k8s.amazonaws.com/name": "small" });
  });

  for (const [name, value] of [
    ["ENABLE_IPv6", "true"],
    ["ENABLE_IPv4", "false"],
    ["ENABLE_MULTI_NIC", "1"],
  ] as const) {
    it(`is refused by name for what is not played: ${name}=${value}`, () => {
      assert.throws(
        () => readIpamdSettings({ [name]: value }),
        new RegExp(`^UnsupportedSettingError: ${name}=${value}: `),
      );
    });
  }
});

describe("the environment of an older aws-node", () => {
  const of = (release: string, env = {}) =>
    readIpamdSettings(env, cniVersionOf(`registry/amazon-k8s-cni:${release}`));

  it("has no prefixes before 1.9", () => {
    const env = { ENABLE_PREFIX_DELEGATION: "true" };
    assert.deepEqual([of("v1.8.0", env).prefixDelegation, of("v1.9.0", env).prefixDelegation], [false, true]);
  });

  it("has no subnet discovery before 1.18, and no excluded subnets before 1.22.1", () => {
    assert.deepEqual(
      ["v1.17.1-eksbuild.1", "v1.18.0-eksbuild.1"].map((release) => of(release).usesSubnetDiscovery),
      [false, true],
    );
    assert.deepEqual(
      ["v1.22.0", "v1.22.1"].map((release) => of(release).knowsExcludedSubnets),
      [false, true],
    );
  });

  it("goes on without an address before 1.13, and takes the VPC's default group before 1.8", () => {
    assert.deepEqual([of("v1.12.6").endsWithoutAddress, of("v1.13.0").endsWithoutAddress], [false, true]);
    assert.deepEqual([of("v1.7.10").copiesPrimaryGroups, of("v1.8.0").copiesPrimaryGroups], [false, true]);
  });

  it("is the newest where the image's tag is no release", () => {
    assert.deepEqual(cniVersionOf("registry/cni:latest"), NEWEST_CNI);
    assert.deepEqual(cniVersionOf("registry:5000/amazon-k8s-cni:v1.12.6-eksbuild.2"), [1, 12, 6]);
  });
});

describe("IPv6 under custom networking", () => {
  it("is refused as the CNI refuses it", () => {
    assert.throws(
      () => readIpamdSettings({ ENABLE_IPv6: "true", AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" }),
      /^Error: Unsupported configuration: custom networking/,
    );
  });
});

describe("the name of a node's ENIConfig", () => {
  const settings = { eniConfigLabel: "topology.kubernetes.io/zone", eniConfigAnnotation: "example.com/eni" };
  const label = { "topology.kubernetes.io/zone": "us-west-2a" };
  const annotation = { "example.com/eni": "by-annotation" };

  it("is the label's, when there is nothing stronger", () => {
    assert.equal(eniConfigName({ labels: label, annotations: {} }, settings), "us-west-2a");
  });

  it("is the annotation's, before the label's", () => {
    assert.equal(eniConfigName({ labels: label, annotations: annotation }, settings), "by-annotation");
  });

  it("is the label's that other controllers set, before all others", () => {
    const labels = { ...label, "vpc.amazonaws.com/externalEniConfig": "external" };
    assert.equal(eniConfigName({ labels, annotations: annotation }, settings), "external");
  });

  it("is asked for under the CNI's own keys where the variables are empty", () => {
    const defaults = readIpamdSettings({ ENI_CONFIG_LABEL_DEF: "", ENI_CONFIG_ANNOTATION_DEF: "" });
    const own = { "k8s.amazonaws.com/eniConfig": "named" };
    assert.equal(eniConfigName({ labels: own, annotations: {} }, defaults), "named");
    assert.equal(eniConfigName({ labels: label, annotations: own }, defaults), "named");
  });

  it("is default, when nothing names one", () => {
    assert.equal(eniConfigName({ labels: { other: "x" }, annotations: { other: "y" } }, settings), "default");
  });
});
