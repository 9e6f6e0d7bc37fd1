import assert from "node:assert/strict";
import { minimumCommand } from "../../../planning/rotation/minimumCommand";

describe("the command that gives a group its minimum size", () => {
  it("raises what EKS wants with it, and leaves that to Auto Scaling", () => {
    const sizes = { minSize: 3, desiredSize: 1 };
    assert.equal(
      minimumCommand("small", { kind: "managedNodeGroup", name: "general" }, sizes),
      "aws eks update-nodegroup-config --cluster-name small --nodegroup-name general --scaling-config minSize=3,desiredSize=3",
    );
    assert.equal(
      minimumCommand("small", { kind: "autoScalingGroup", name: "asg-1" }, sizes),
      "aws autoscaling update-auto-scaling-group --auto-scaling-group-name asg-1 --min-size 3",
    );
  });
});
