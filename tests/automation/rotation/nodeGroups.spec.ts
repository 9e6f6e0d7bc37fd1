import assert from "node:assert/strict";
import { DescribeNodegroupCommand, ResourceInUseException, type EKSClient } from "@aws-sdk/client-eks";
import type { Clock } from "../../../automation/clock";
import { LeaseLostError } from "../../../automation/rotation/lease";
import { resizeNodeGroup, scalingChange } from "../../../automation/rotation/nodeGroups";
import { RotationStopped } from "../../../automation/rotation/result";
import { RotationError } from "../../../automation/rotation/rotationError";
import { playedLease } from "./playedLease";

const group = { minSize: 1, maxSize: 6, desiredSize: 4 };

describe("the sizes that EKS is asked for", () => {
  const rows: [string, Parameters<typeof scalingChange>[1], ReturnType<typeof scalingChange>][] = [
    ["raise a group", { desiredSize: 5 }, { minSize: 1, maxSize: 6, desiredSize: 5 }],
    ["are none where the group has them", { desiredSize: 4, minSize: 1 }, undefined],
    ["lower no group that others raised since it was looked at", { desiredSize: 3 }, undefined],
    ["leave the nodes alone where the minimum changes", { minSize: 0 }, { minSize: 0, maxSize: 6 }],
    ["leave a minimum that somebody has set", { minSize: 3, minSizeWas: 0 }, undefined],
    [
      "give a minimum back where it is as it was left",
      { minSize: 3, minSizeWas: 1 },
      { minSize: 3, maxSize: 6 },
    ],
    ["lower no nodes with the minimum", { minSize: 0, desiredSize: 3 }, { minSize: 0, maxSize: 6 }],
  ];
  for (const [title, sizes, change] of rows) {
    it(title, () => {
      assert.deepEqual(scalingChange(group, sizes), change);
    });
  }
});

describe("resizing a managed node group", () => {
  const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() };
  const { signal } = new AbortController();

  /** EKS with a group that has these desired sizes, look by look; busy at first. */
  function eksWith(desiredSizes: readonly (number | undefined)[]) {
    const asked: unknown[] = [];
    let looks = 0;
    const send = (command: { readonly input: unknown }) => {
      if (command instanceof DescribeNodegroupCommand) {
        const desiredSize = desiredSizes[looks++];
        const nodegroup =
          desiredSize === undefined ? undefined : { scalingConfig: { ...group, desiredSize } };
        return Promise.resolve({ nodegroup });
      }
      asked.push((command.input as { readonly scalingConfig?: unknown }).scalingConfig);
      const busy = new ResourceInUseException({ $metadata: {}, message: "busy" });
      return Promise.reject(busy);
    };
    return { eks: { send } as unknown as EKSClient, asked };
  }
  const resize = (eks: EKSClient, lease = playedLease(), desiredSize = 3) =>
    resizeNodeGroup({ eks, clock, signal, lease }, "small", "workers", { desiredSize }, 1000);

  it("looks anew before each attempt, and is done when another has raised it meanwhile", async () => {
    const { eks, asked } = eksWith([2, 2, 5]);
    await resize(eks);
    const once = { minSize: 1, maxSize: 6, desiredSize: 3 };
    assert.deepEqual(asked, [once, once]);
  });

  it("reads the lease right before each attempt, and asks for nothing once another holds it", async () => {
    const { eks, asked } = eksWith([2, 2, 2]);
    const lost = playedLease([], () => asked.length === 1);
    await assert.rejects(resize(eks, lost), LeaseLostError);
    assert.equal(asked.length, 1);
  });

  it("stops before a maximum that somebody has lowered, and asks for nothing", async () => {
    const { eks, asked } = eksWith([2]);
    await assert.rejects(resize(eks, playedLease(), 7), (error) => {
      assert.ok(error instanceof RotationStopped);
      assert.match(
        error.message,
        /group workers: its maximum is 6 by now, and 7 workers are needed\. Raise it to 7/,
      );
      return true;
    });
    assert.deepEqual(asked, []);
  });

  it("says what to do about a group that is gone", async () => {
    await assert.rejects(resize(eksWith([2, undefined]).eks), (error) => {
      assert.ok(error instanceof RotationError);
      assert.equal(error.message, "managed node group workers is gone");
      assert.match(error.fix, /podnet up/);
      return true;
    });
  });
});
