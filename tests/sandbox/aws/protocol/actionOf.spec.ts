import assert from "node:assert/strict";
import { actionOf } from "../../../../sandbox/aws/protocol/actionOf";

describe("the action of a call", () => {
  const request = (
    service: string,
    more: { method?: string; path?: string; body?: string; target?: string },
  ) => ({
    service,
    region: "us-west-2",
    accessKeyId: "test",
    method: more.method ?? "POST",
    path: more.path ?? "/",
    query: new URLSearchParams(),
    headers: more.target === undefined ? {} : { "x-amz-target": more.target },
    body: Buffer.from(more.body ?? ""),
  });

  it("is in the form of EC2, Auto Scaling, IAM and STS", () => {
    assert.equal(
      actionOf(request("ec2", { body: "Action=DescribeVpcs&Version=2016-11-15" })),
      "DescribeVpcs",
    );
  });

  it("is in the target of Service Quotas", () => {
    const target = "ServiceQuotasV20190624.GetServiceQuota";
    assert.equal(actionOf(request("servicequotas", { body: "{}", target })), "GetServiceQuota");
  });

  const ofEks: [string, string, string][] = [
    ["GET", "/clusters", "ListClusters"],
    ["GET", "/clusters/small", "DescribeCluster"],
    ["POST", "/clusters/small/node-groups", "CreateNodegroup"],
    ["DELETE", "/clusters/small/node-groups/general", "DeleteNodegroup"],
    ["POST", "/clusters/small/node-groups/general/update-config", "UpdateNodegroupConfig"],
    ["POST", "/clusters/small/addons/vpc-cni/update", "UpdateAddon"],
    ["GET", "/addons/supported-versions", "DescribeAddonVersions"],
    ["GET", "/clusters/small/updates/1234", "DescribeUpdate"],
    ["GET", "/clusters/small/pod-identity-associations", "ListPodIdentityAssociations"],
    ["PUT", "/elsewhere", "PUT /elsewhere"],
  ];
  for (const [method, path, action] of ofEks) {
    it(`is ${action} for EKS's ${method} ${path}`, () => {
      assert.equal(actionOf(request("eks", { method, path })), action);
    });
  }
});
