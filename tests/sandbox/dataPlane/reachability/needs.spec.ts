import assert from "node:assert/strict";
import { addressOf, readNeeds, serviceOf } from "../../../../sandbox/dataPlane/reachability/needs";

describe("what a pod needs", () => {
  it("is a list of TCP ports of hosts", () => {
    assert.deepEqual(readNeeds("tcp://10.8.4.5:5432, tcp://api.shop.svc:80"), [
      { host: "10.8.4.5", port: 5432 },
      { host: "api.shop.svc", port: 80 },
    ]);
  });

  for (const annotation of [
    "",
    "10.8.4.5:5432",
    "udp://10.8.4.5:53",
    "tcp://db",
    "tcp://db:0",
    "tcp://db:65536",
  ]) {
    it(`is not ${JSON.stringify(annotation)}`, () => {
      assert.throws(() => readNeeds(annotation), {
        message:
          `sandbox/needs: ${JSON.stringify(annotation)} is no tcp://HOST:PORT; give one or several, with commas ` +
          "between.",
      });
    });
  }

  it("is an address where a host is one, or is named after one as instances are", () => {
    assert.equal(addressOf("10.8.4.5"), "10.8.4.5");
    assert.equal(addressOf("ip-10-8-4-5"), "10.8.4.5");
    assert.equal(addressOf("ip-10-8-4-5.us-west-2.compute.internal"), "10.8.4.5");
    assert.equal(addressOf("api.shop.svc"), undefined);
  });

  it("is a Service where a host is a name of the cluster, as short as the cluster's DNS allows", () => {
    for (const host of ["api.shop", "api.shop.svc", "api.shop.svc.cluster.local"]) {
      assert.deepEqual(serviceOf(host, "web"), { name: "api", namespace: "shop" });
    }
    assert.deepEqual(serviceOf("api", "web"), { name: "api", namespace: "web" });
    assert.equal(serviceOf("db.example.com", "web"), undefined);
  });
});
