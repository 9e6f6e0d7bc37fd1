import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ClusterView } from "../../../../sandbox/dataPlane/cluster/view";
import { WatchedNetwork } from "../../../../sandbox/dataPlane/reachability/watchedNetwork";

/** An EC2 with one ENI, which takes a second to tell all that it knows. */
class SlowEc2 extends EC2Client {
  readings = 0;
  address = "10.8.0.4";
  nowMs = 0;

  // The middleware of the SDK, and with it the network, is left out.
  override send = ((command: object): Promise<object> => {
    if (command.constructor.name !== "DescribeNetworkInterfacesCommand") return Promise.resolve({});
    this.readings += 1;
    this.nowMs += 1_000;
    const NetworkInterfaces = [{ NetworkInterfaceId: "eni-1", PrivateIpAddress: this.address }];
    return Promise.resolve({ NetworkInterfaces });
  }) as unknown as EC2Client["send"];
}

describe("the watched network", () => {
  let ec2: SlowEc2;
  let network: WatchedNetwork;
  beforeEach(() => {
    ec2 = new SlowEc2({ region: "us-west-2" });
    network = new WatchedNetwork({ ec2, view: new ClusterView(() => undefined), now: () => ec2.nowMs });
  });

  it("is not read before somebody asks, and then once for all who ask at the same time", async () => {
    network.awsChanged();
    assert.equal(ec2.readings, 0);
    await Promise.all([network.current(), network.current()]);
    assert.equal(ec2.readings, 1);
  });

  it("is not read again unless AWS has changed", async () => {
    await network.current();
    ec2.nowMs += 3_600_000;
    await network.current();
    assert.equal(ec2.readings, 1);
    network.awsChanged();
    await network.current();
    assert.equal(ec2.readings, 2);
  });

  it("takes a tenth of EC2's time at most, while everything changes", async () => {
    await network.current();
    network.awsChanged();
    ec2.nowMs += 8_999;
    await network.current();
    assert.equal(ec2.readings, 1);
    ec2.nowMs += 1;
    await network.current();
    assert.equal(ec2.readings, 2);
  });

  it("is read at once for an address that it lacks, if there can be news of it", async () => {
    await network.current();
    await network.current(["10.8.0.5"]);
    assert.equal(ec2.readings, 1);
    ec2.address = "10.8.0.5";
    network.awsChanged();
    const { interfaces } = await network.current(["10.8.0.5"]);
    assert.equal(interfaces.get("10.8.0.5")?.interfaceId, "eni-1");
  });
});
