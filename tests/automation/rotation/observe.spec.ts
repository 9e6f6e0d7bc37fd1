import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { EC2Client } from "@aws-sdk/client-ec2";
import { describeInstanceTypes } from "../../../automation/instanceTypes";
import { enisByInstance } from "../../../automation/rotation/observe";

describe("what EC2 is asked", () => {
  let server: Server;
  let controller: AbortController;
  let ec2: EC2Client;
  beforeEach((done) => {
    controller = new AbortController();
    // Asked, it never answers; whoever asked is told to stop.
    server = createServer(() => {
      controller.abort();
    });
    server.listen(0, "127.0.0.1", () => {
      ec2 = new EC2Client({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: "us-west-2",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      });
      done();
    });
  });
  afterEach((done) => {
    ec2.destroy();
    server.closeAllConnections();
    server.close(done);
  });

  it("about interfaces ends with the signal", async () => {
    await assert.rejects(enisByInstance({ ec2, signal: controller.signal }, ["i-1"]), { name: "AbortError" });
  });

  it("about instance types ends with the signal", async () => {
    const asking = describeInstanceTypes(ec2, ["x9.huge"], controller.signal);
    await assert.rejects(asking, { name: "AbortError" });
  });
});
