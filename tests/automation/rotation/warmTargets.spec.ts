import assert from "node:assert/strict";
import { AWS_NODE_PATH, getAwsNode } from "../../../automation/awsNodeDaemonSet";
import { KubernetesError, type ApiObject } from "../../../automation/kubernetes";
import { CONFIG_MAPS, recordConfigMap } from "../../../automation/recordConfigMap";
import { LeaseLostError } from "../../../automation/rotation/lease";
import { readRecord, ROTATION_RECORD, type RotationRecord } from "../../../automation/rotation/record";
import { undoStack } from "../../../automation/rotation/undoStack";
import { lowerWarmTargets } from "../../../automation/rotation/warmTargets";
import { toolsOver, type PlayedWorld } from "../rollback/playedWorld";
import { playedLease } from "./playedLease";

describe("warm targets that are lowered", () => {
  const record = {
    ...{ version: 1, runId: "7f3a", isFinished: false },
    ...{ newestNodeAtMs: 0, startedAtMs: 0, groups: {} },
  } as RotationRecord;

  /** @param races values that somebody sets right before each write of ours, which is refused then. */
  function world(warmIpTarget: string, given = record, races: string[] = []) {
    const daemonSet = (value: string) =>
      ({
        metadata: { name: "aws-node" },
        spec: {
          template: {
            spec: {
              containers: [{ name: "aws-node", image: "cni", env: [{ name: "WARM_IP_TARGET", value }] }],
            },
          },
        },
        status: { desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0 },
      }) as ApiObject;
    const objects: PlayedWorld["objects"] = {
      [`${CONFIG_MAPS}/${ROTATION_RECORD}`]: recordConfigMap(ROTATION_RECORD, given),
      [AWS_NODE_PATH]: daemonSet(warmIpTarget),
    };
    const { tools: played, changes } = toolsOver({ objects, groups: {}, enis: [], subnets: [] });
    const kubernetes = {
      ...played.kubernetes,
      patch: (path: string, change: object) => {
        const raced = path === AWS_NODE_PATH ? races.shift() : undefined;
        if (raced === undefined) return played.kubernetes.patch(path, change);
        objects[AWS_NODE_PATH] = daemonSet(raced);
        return Promise.reject(new KubernetesError(`PATCH ${path}`, 409, "another wrote it"));
      },
    };
    const lower = async (isLost?: (done: number) => boolean) => {
      const lease = playedLease([], () => isLost?.(changes()) ?? false);
      const tools = { ...played, kubernetes, lease };
      const run = { tools, undo: undoStack(), options: { nodeTimeoutSeconds: 0 } };
      return lowerWarmTargets(run as object as Parameters<typeof lowerWarmTargets>[0], [], given).catch(
        (error: unknown) => error,
      );
    };
    const before = async () => (await readRecord(kubernetes))?.awsNodeBefore;
    const value = async () => {
      const [container] = (await getAwsNode(kubernetes)).spec.template.spec.containers;
      return container?.env?.[0]?.value;
    };
    return { lower, before, value, changes };
  }

  it("are recorded first, each only by who holds the lease at that moment", async () => {
    const { lower, before, value } = world("5");
    await lower();
    assert.deepEqual([await before(), await value()], [{ WARM_IP_TARGET: "5" }, "1"]);
    for (const last of [0, 1]) {
      const lost = world("5");
      assert.ok((await lost.lower((done) => done >= last)) instanceof LeaseLostError);
      assert.deepEqual([lost.changes(), await lost.value()], [last, "5"]);
    }
  });

  it("are given back as somebody has set them since an earlier attempt, or while we wrote", async () => {
    const earlier = { ...record, awsNodeBefore: { WARM_IP_TARGET: "5" } };
    const ours = world("1", earlier);
    await ours.lower();
    assert.deepEqual(await ours.before(), { WARM_IP_TARGET: "5" });
    const changed = world("3", earlier);
    await changed.lower();
    assert.deepEqual([await changed.before(), await changed.value()], [{ WARM_IP_TARGET: "3" }, "1"]);
    const raced = world("5", record, ["4"]);
    await raced.lower();
    assert.deepEqual([await raced.before(), await raced.value()], [{ WARM_IP_TARGET: "4" }, "1"]);
  });
});
