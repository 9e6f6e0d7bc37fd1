import assert from "node:assert/strict";
import { configureAddOn, eniConfigsOfAddOn, rivalProblems } from "../../../planning/podNetwork/addOn";
import { CniMode, cniModeOf, cniModeProblems } from "../../../planning/podNetwork/cniMode";
import { awsNodeDaemonSet, entries } from "../../support/awsNodeDaemonSet";
import { problemsOf } from "../../support/problems";

const anything = () => true;
const live = awsNodeDaemonSet({
  env: entries({ WARM_ENI_TARGET: "1", MAX_ENI: "4" }),
  heldBy: { eks: ["WARM_ENI_TARGET"], "kubectl-set": ["MAX_ENI"] },
});
const asked = { env: { WARM_IP_TARGET: "2" }, initEnv: { DISABLE_TCP_EARLY_DEMUX: "true" } };

describe("the configuration of the add-on", () => {
  it("is what it was, with what others set, and with what is asked for", () => {
    const current = '{"env":{"WARM_IP_TARGET":"1"},"nodeAgent":{"enabled":"true"}}';
    assert.deepEqual(configureAddOn({ current, live, asked }, anything), {
      configurationValues: JSON.stringify({
        env: { WARM_IP_TARGET: "2", MAX_ENI: "4" },
        nodeAgent: { enabled: "true" },
        init: { env: { DISABLE_TCP_EARLY_DEMUX: "true" } },
      }),
      inForce: {
        env: { WARM_IP_TARGET: "2", MAX_ENI: "4" },
        initEnv: { DISABLE_TCP_EARLY_DEMUX: "true" },
      },
    });
  });

  it("has all that is set on a self-managed DaemonSet where it is yet to be made", () => {
    const { inForce } = configureAddOn({ current: undefined, live, asked }, anything);
    assert.deepEqual(inForce.env, { WARM_ENI_TARGET: "1", MAX_ENI: "4", WARM_IP_TARGET: "2" });
  });

  it("stays as it is written where nothing of it changes, and is left out where there is none", () => {
    const current = "env:\n  MAX_ENI: '4'\n";
    const nothing = { env: {}, initEnv: {} };
    assert.equal(configureAddOn({ current, live, asked: nothing }, anything).configurationValues, current);
    const bare = awsNodeDaemonSet({});
    assert.deepEqual(configureAddOn({ current: "", live: bare, asked: nothing }, anything), {
      inForce: nothing,
    });
  });

  it("is refused with a value that it does not take", () => {
    const request = { current: "", live, asked };
    assert.deepEqual(
      problemsOf(() => configureAddOn(request, () => false)).map(({ path }) => path),
      ["daemonset/aws-node.aws-node.MAX_ENI"],
    );
  });

  it("may make ENIConfigs itself, but none that are made here", () => {
    const subnets = { "us-west-2a": { id: "subnet-a" }, "us-west-2b": { id: "subnet-b" } };
    const making = JSON.stringify({ eniConfig: { create: true, region: "us-west-2", subnets } });
    assert.deepEqual(eniConfigsOfAddOn(making), ["us-west-2a", "us-west-2b"]);
    assert.deepEqual(eniConfigsOfAddOn(making.replace("true", "false")), []);
    assert.deepEqual(
      rivalProblems(making, ["us-west-2b", "us-west-2c"]).map(({ reason }) => reason),
      ["the add-on makes the ENIConfigs us-west-2b itself, from its own configuration."],
    );
    assert.deepEqual(rivalProblems(making, ["us-west-2c"]), []);
  });
});

describe("the mode of the CNI", () => {
  const paths = (request: Parameters<typeof cniModeProblems>[0], hasAddOn: boolean) =>
    cniModeProblems(request, hasAddOn, "small").map(({ path }) => path);

  it("is the one that is given, else the one that the cluster has", () => {
    assert.equal(cniModeOf({}, true), CniMode.AddOn);
    assert.equal(cniModeOf({}, false), CniMode.DaemonSet);
    assert.equal(cniModeOf({ mode: CniMode.AddOn }, false), CniMode.AddOn);
  });

  it("fits the cluster", () => {
    assert.deepEqual(paths({ mode: CniMode.AddOn }, false), ["mode"]);
    assert.deepEqual(paths({ mode: CniMode.AddOn, adopt: false }, false), []);
    assert.deepEqual(paths({ mode: CniMode.AddOn, adopt: false }, true), []);
    assert.deepEqual(paths({ mode: CniMode.DaemonSet }, true), ["mode"]);
    assert.deepEqual(paths({ addOnVersion: "v1.23.1-eksbuild.1" }, false), ["addOnVersion"]);
    assert.deepEqual(paths({ mode: "helm" as CniMode }, true), ["mode"]);
    assert.deepEqual(paths({}, true), []);
  });
});
