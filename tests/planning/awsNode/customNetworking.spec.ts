import assert from "node:assert/strict";
import { askedEnvProblems, togetherProblems } from "../../../planning/awsNode/askedEnv";
import { customNetworkingProblems } from "../../../planning/awsNode/customNetworking";
import { zonesWithoutEniConfig } from "../../../planning/awsNode/eniConfigCoverage";
import { versionStepProblems } from "../../../planning/awsNode/versionStep";

const FLAG = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";
const ZONE = "topology.kubernetes.io/zone";
const quiet = { live: {}, asked: {}, zonesWithNodes: [], eniConfigNames: [], force: [] };

describe("zones without ENIConfig", () => {
  const choose = (
    labelKey: string,
    eniConfigNames: string[],
    zonesWithNodes = ["us-west-2a", "us-west-2b"],
  ) => zonesWithoutEniConfig({ labelKey, eniConfigNames, zonesWithNodes });

  it("under a zone label, are those without one of their name; default counts for nothing", () => {
    assert.deepEqual(choose(ZONE, ["us-west-2a", "default", "batch-us-west-2b"]), ["us-west-2b"]);
    assert.deepEqual(choose("failure-domain.beta.kubernetes.io/zone", ["us-west-2a", "us-west-2b"]), []);
  });

  it("under another label, may have those of groups; default counts in one zone", () => {
    const label = "k8s.amazonaws.com/eniConfig";
    assert.deepEqual(choose(label, ["batch-us-west-2a", "us-west-2b"]), []);
    assert.deepEqual(choose(label, ["default"], ["us-west-2a"]), []);
    assert.deepEqual(choose(label, ["default"]), ["us-west-2a", "us-west-2b"]);
  });
});

describe("the flag of custom networking", () => {
  it("waits for the ENIConfigs of all zones with nodes, unless forced", () => {
    const change = { ...quiet, live: { ENI_CONFIG_LABEL_DEF: ZONE }, asked: { [FLAG]: "true" } };
    const zones = { zonesWithNodes: ["us-west-2a"], eniConfigNames: ["default"] };
    assert.deepEqual(customNetworkingProblems({ ...change, ...zones }), [
      {
        path: `env.${FLAG}`,
        reason:
          "nodes run in us-west-2a, and no ENIConfig is theirs by the label topology.kubernetes.io/zone (there is default): " +
          "new nodes there would never become Ready.",
        fix: 'Make an ENIConfig for the zone first, or say force: ["zone-without-eniconfig"].',
      },
    ]);
    assert.deepEqual(customNetworkingProblems({ ...change, ...zones, asked: {} }), []);
    assert.deepEqual(
      customNetworkingProblems({ ...change, ...zones, force: ["zone-without-eniconfig"] }),
      [],
    );
    assert.deepEqual(
      customNetworkingProblems({ ...change, zonesWithNodes: ["us-west-2a"], eniConfigNames: ["us-west-2a"] }),
      [],
    );
  });

  it("is not turned off while it is on, however that is written, unless forced", () => {
    const change = { ...quiet, live: { [FLAG]: "1" }, asked: { [FLAG]: "false" } };
    assert.deepEqual(
      customNetworkingProblems(change).map(({ path }) => path),
      [`env.${FLAG}`],
    );
    assert.deepEqual(customNetworkingProblems({ ...change, live: { [FLAG]: "false" } }), []);
    assert.deepEqual(customNetworkingProblems({ ...change, asked: {} }), []);
    assert.deepEqual(customNetworkingProblems({ ...change, force: ["custom-networking-off"] }), []);
  });
});

describe("variables that are asked for", () => {
  const paths = (problems: readonly { readonly path: string }[]) => problems.map(({ path }) => path);

  it("are for the container that reads them, readable, and known to the version", () => {
    const asked = {
      env: {
        DISABLE_TCP_EARLY_DEMUX: "true",
        WARM_IP_TARGET: "many",
        ENABLE_SUBNET_DISCOVERY: "true",
        OWN: "x",
      },
      initEnv: { MAX_ENI: "2", ENABLE_IPv6: "perhaps" },
    };
    assert.deepEqual(paths(askedEnvProblems(asked, "v1.17.0-eksbuild.1")), [
      "initEnv.MAX_ENI",
      "env.DISABLE_TCP_EARLY_DEMUX",
      "env.WARM_IP_TARGET",
      "initEnv.ENABLE_IPv6",
      "env.ENABLE_SUBNET_DISCOVERY",
    ]);
  });

  it("are held against those that are live, and what is out of order already against nobody", () => {
    const live = { env: { MAX_ENI: "1", [FLAG]: "true" }, initEnv: {} };
    assert.deepEqual(togetherProblems(live, { env: { WARM_ENI_TARGET: "2" }, initEnv: {} }), []);
    const prefixes = { env: { ENABLE_PREFIX_DELEGATION: "true" }, initEnv: {} };
    assert.deepEqual(paths(togetherProblems(live, prefixes)), ["env.WARM_PREFIX_TARGET"]);
  });
});

describe("a step of the CNI's version", () => {
  const reasons = (from: string, to: string) => versionStepProblems(from, to).map(({ reason }) => reason);

  it("goes to a newer patch, build or minor version", () => {
    for (const to of [
      "v1.18.3-eksbuild.2",
      "v1.18.3-eksbuild.10",
      "v1.18.4-eksbuild.1",
      "v1.19.0-eksbuild.1",
    ]) {
      assert.deepEqual(reasons("v1.18.3-eksbuild.2", to), []);
    }
  });

  it("never goes back, nor over a minor version", () => {
    const from = "v1.18.3-eksbuild.2";
    for (const to of ["v1.18.3-eksbuild.1", "v1.18.2-eksbuild.9", "v1.17.9-eksbuild.1"]) {
      assert.deepEqual(reasons(from, to), [`${to} is older than ${from}, which the cluster has.`]);
    }
    for (const to of ["v1.20.0-eksbuild.1", "v2.18.3-eksbuild.1"]) {
      assert.deepEqual(reasons(from, to), [`from ${from} to ${to} is more than one minor version.`]);
    }
    assert.deepEqual(reasons(from, "latest"), ['"latest" is not a version.']);
    assert.deepEqual(reasons("latest", "v1.20.0-eksbuild.1"), []);
  });
});
