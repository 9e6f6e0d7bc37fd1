import assert from "node:assert/strict";
import { CONFIG_MAPS, recordConfigMap } from "../../../automation/recordConfigMap";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import { lookWhereTo } from "../../../automation/rotation/explain";
import type { Observed } from "../../../automation/rotation/observe";
import { ROTATION_RECORD } from "../../../automation/rotation/record";
import { rotationOptions } from "../../../automation/rotation/rotationOptions";
import { clusterWith, newNode } from "../../planning/rotation/builders";
import { toolsOver } from "../rollback/playedWorld";

describe("a cluster that is explained", () => {
  const record = { version: 1, runId: "7f3a", isWayBack: true, isFinished: false };
  const whole = { ...record, newestNodeAtMs: 0, startedAtMs: 0, groups: {} };
  const objects = { [`${CONFIG_MAPS}/${ROTATION_RECORD}`]: recordConfigMap(ROTATION_RECORD, whole) };
  const { tools } = toolsOver({ objects, groups: {}, enis: [], subnets: [] });
  const outputs: PodNetworkOutputs = {
    ...{ clusterName: "small", region: "us-west-2", vpcId: "vpc-1", podCidrs: ["100.64.0.0/16"] },
    ...{ cni: { mode: "addOn" }, workerGroups: [], eniConfigs: [], podSubnets: [] },
  };
  const cluster = clusterWith([newNode], []);
  const observed = (customNetworking: boolean) =>
    ({ ...cluster, awsNode: { customNetworking } }) as object as Observed;
  const wayBackIn = async (customNetworking: boolean, lookBack?: Parameters<typeof lookWhereTo>[4]) => {
    const now = observed(customNetworking);
    const seen = await lookWhereTo(tools, outputs, now, rotationOptions({}), lookBack);
    return seen.observed.target.wayBack;
  };

  it("is looked at by a rollback that is unfinished, and else by where a rotation takes pods", async () => {
    const wayBack = { leavingGroups: ["workers-a"] };
    const back = { ...observed(false), target: { ...cluster.target, wayBack } };
    const lookBack = () => Promise.resolve({ observed: back, pools: [], homeless: new Map() });
    assert.deepEqual(
      [await wayBackIn(false, lookBack), await wayBackIn(false), await wayBackIn(true, lookBack)],
      [wayBack, { leavingGroups: [] }, undefined],
    );
  });
});
