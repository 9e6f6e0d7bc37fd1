import assert from "node:assert/strict";
import { Ipamd } from "../../../../sandbox/dataPlane/ipamd/ipamd";
import { patienceOfIpamd } from "../../../../sandbox/dataPlane/ipamd/nextStep";
import { readIpamdSettings } from "../../../../sandbox/dataPlane/ipamd/settings";
import { limitsOf } from "../../../../sandbox/dataPlane/limitsOfInstanceType";
import { MemoryInterfaces, refusal } from "./memoryInterfaces";

const custom = {
  AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
  ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
};
const eniConfigs = new Map([["us-west-2a", { subnetId: "subnet-pods", securityGroups: [] }]]);

/** ipamd of an m5.large in us-west-2a, and a clock that stands still unless it is moved. */
class Machine {
  now = 1_000_000;
  readonly lines: string[] = [];

  constructor(readonly interfaces: MemoryInterfaces) {}

  start(env: Record<string, string>, addressesInUse = new Map<string, string>()): Promise<Ipamd> {
    return Ipamd.start(
      { settings: readIpamdSettings(env), limits: limitsOf("m5.large"), maxPods: 29, addressesInUse },
      {
        interfaces: this.interfaces,
        node: () => ({
          labels: { "topology.kubernetes.io/zone": "us-west-2a" },
          annotations: {},
          isSchedulable: true,
        }),
        eniConfig: (name) => eniConfigs.get(name),
        patience: patienceOfIpamd,
        now: () => this.now,
        log: (line) => this.lines.push(line),
      },
    );
  }
}

/** A node from before custom networking: its second ENI has room for seven more, and their subnet for none. */
function oldNodeInFullSubnet(): MemoryInterfaces {
  const interfaces = new MemoryInterfaces(
    new Map([
      ["subnet-nodes", 13],
      ["subnet-pods", 100],
    ]),
  );
  interfaces.place("subnet-nodes", 9);
  interfaces.place("subnet-nodes", 2);
  return interfaces;
}

const nothing = () => Promise.resolve();

describe("ipamd of an old node whose subnet is full", () => {
  it("takes an ENI of the new subnet although its old one has room", async () => {
    const interfaces = oldNodeInFullSubnet();
    const ipamd = await new Machine(interfaces).start({ ...custom, WARM_IP_TARGET: "12" });
    assert.deepEqual(interfaces.calls, ["assign eni-1 1", "attach subnet-pods"]);
    assert.deepEqual(
      ipamd.pool.interfaces().map(({ interfaceId }) => ipamd.pool.blocksOf(interfaceId).length),
      [9, 2, 1],
    );
  });

  it("does so as well when it fills up long after its start", async () => {
    const interfaces = oldNodeInFullSubnet();
    const ipamd = await new Machine(interfaces).start({ ...custom, WARM_IP_TARGET: "8" });
    assert.deepEqual(interfaces.calls, []);
    for (let pod = 0; pod < 6; pod += 1) ipamd.pool.assign(`pod-${pod}`, 1_000_000);
    await ipamd.settle(nothing);
    assert.deepEqual(interfaces.calls, ["assign eni-1 3", "attach subnet-pods"]);
    assert.equal(ipamd.pool.counts(1_000_000).available, 8);
  });

  it("asks the full subnet again the next time, without having waited", async () => {
    const interfaces = oldNodeInFullSubnet();
    const ipamd = await new Machine(interfaces).start({ ...custom, WARM_IP_TARGET: "12" });
    interfaces.free.set("subnet-nodes", 50);
    for (let pod = 0; pod < 4; pod += 1) ipamd.pool.assign(`pod-${pod}`, 1_000_000);
    await ipamd.settle(nothing);
    assert.deepEqual(interfaces.calls.slice(2), ["assign eni-1 4"]);
  });

  it("waits for two minutes with subnet discovery off, and takes no ENI", async () => {
    const machine = new Machine(oldNodeInFullSubnet());
    const { interfaces } = machine;
    const env = { ...custom, WARM_IP_TARGET: "12", ENABLE_SUBNET_DISCOVERY: "false" };
    const ipamd = await machine.start(env);
    await ipamd.settle(nothing);
    machine.now += 119_999;
    await ipamd.settle(nothing);
    assert.deepEqual(interfaces.calls, ["assign eni-1 1"]);
    machine.now += 1;
    await ipamd.settle(nothing);
    assert.deepEqual(interfaces.calls, ["assign eni-1 1", "assign eni-1 1"]);
  });

  it("waits for two minutes when the new subnet is full as well", async () => {
    const machine = new Machine(oldNodeInFullSubnet());
    const { interfaces } = machine;
    interfaces.free.set("subnet-pods", 0);
    const ipamd = await machine.start({ ...custom, WARM_IP_TARGET: "12" });
    machine.now += 119_999;
    await ipamd.settle(nothing);
    assert.deepEqual(interfaces.calls, ["assign eni-1 1", "attach subnet-pods"]);
    machine.now += 1;
    await ipamd.settle(nothing);
    assert.equal(interfaces.calls.length, 4);
  });
});

describe("what ipamd logs of a step that keeps failing", () => {
  it("is one line, although EC2 names another ENI each time and other steps fail in between", async () => {
    const machine = new Machine(oldNodeInFullSubnet());
    machine.interfaces.refuseToAttach = (interfaceId) =>
      refusal("InvalidParameterCombination", `${interfaceId} is in another zone`);
    const ipamd = await machine.start({ ...custom, WARM_IP_TARGET: "12" });
    for (let look = 0; look < 3; look += 1) await ipamd.settle(nothing);
    assert.equal(machine.interfaces.calls.length, 8);
    assert.deepEqual(machine.lines, [
      "assignBlocks: InsufficientFreeAddressesInSubnet: subnet-nodes has not enough",
      "attachInterface: InvalidParameterCombination: eni-2 is in another zone",
    ]);
  });

  it("is another line for another cause", async () => {
    const machine = new Machine(oldNodeInFullSubnet());
    machine.interfaces.refuseToAttach = () => refusal("InvalidParameterCombination", "another zone");
    const ipamd = await machine.start({ ...custom, WARM_IP_TARGET: "12" });
    machine.interfaces.refuseToAttach = () => refusal("UnauthorizedOperation", "not allowed");
    await ipamd.settle(nothing);
    assert.equal(machine.lines.at(-1), "attachInterface: UnauthorizedOperation: not allowed");
  });

  it("is another line once the step has worked in between", async () => {
    const machine = new Machine(oldNodeInFullSubnet());
    const ipamd = await machine.start({ ...custom, WARM_IP_TARGET: "12" });
    machine.interfaces.free.set("subnet-nodes", 1);
    ipamd.pool.assign("first", machine.now);
    await ipamd.settle(nothing);
    ipamd.pool.assign("second", machine.now);
    await ipamd.settle(nothing);
    assert.deepEqual(machine.interfaces.calls.slice(2), [
      "assign eni-1 1",
      "assign eni-1 1",
      "assign eni-2 1",
    ]);
    const refused = "assignBlocks: InsufficientFreeAddressesInSubnet: subnet-nodes has not enough";
    assert.equal(machine.lines.filter((line) => line === refused).length, 2);
  });
});
