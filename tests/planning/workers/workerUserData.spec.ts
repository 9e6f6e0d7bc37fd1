import assert from "node:assert/strict";
import { planWorkers } from "../../../planning/workers/planWorkers";
import { workerUserData } from "../../../planning/workers/workerUserData";
import type { WorkerRequest } from "../../../planning/workers/workerRequest";

const request: WorkerRequest = {
  kind: "managed",
  instanceTypes: ["m5.large"],
  hasImage: true,
  osFamily: "al2023",
  hasNodeRole: true,
  hasInstanceProfile: false,
  hasSecurityGroups: false,
  maxSize: 4,
  taints: [
    { key: "b", effect: "NoSchedule" },
    { key: "a", effect: "NoSchedule" },
  ],
};
const group = {
  clusterName: "small",
  cluster: {
    apiServerEndpoint: "https://0A1B2C.gr7.us-west-2.eks.amazonaws.com",
    certificateAuthority: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
    serviceCidr: "172.20.0.0/16",
  },
  nodeGroupName: "workers-us-west-2a",
};
const userDataFor = (labels: Record<string, string>, more: Partial<WorkerRequest> = {}) => {
  const of = { ...request, ...more };
  return workerUserData(of, planWorkers(of, ["us-west-2a"]).plan, { ...group, labels });
};

describe("the user data of workers", () => {
  it("is the same whatever the order in which EKS answers labels and taints", () => {
    const backwards = { taints: [...(request.taints ?? [])].reverse() };
    assert.equal(userDataFor({ z: "1", a: "2" }), userDataFor({ a: "2", z: "1" }, backwards));
    assert.match(
      userDataFor({ z: "1", a: "2" }) ?? "",
      /--node-labels=a=2,eks\.amazonaws\.com\/nodegroup=workers-us-west-2a,z=1\n.*--register-with-taints=a=:NoSchedule,b=:NoSchedule\n/,
    );
  });

  it("has no label of a managed group for the nodes of an Auto Scaling group", () => {
    assert.doesNotMatch(userDataFor({ a: "2" }, { kind: "autoScaling" }) ?? "", /nodegroup/);
  });

  it("is left to EKS where EKS chooses the image", () => {
    assert.equal(userDataFor({}, { hasImage: false, osFamily: undefined }), undefined);
  });
});
