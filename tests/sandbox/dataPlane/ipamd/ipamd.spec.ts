import assert from "node:assert/strict";
import { Ipamd } from "../../../../sandbox/dataPlane/ipamd/ipamd";
import type { CniVersion } from "../../../../sandbox/dataPlane/ipamd/cniVersion";
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
  zone = "us-west-2a";
  readonly lines: string[] = [];

  constructor(readonly interfaces: MemoryInterfaces) {}

  start(
    env: Record<string, string>,
    addressesInUse = new Map<string, string>(),
    version?: CniVersion,
  ): Promise<Ipamd> {
    return Ipamd.start(
      {
        settings: readIpamdSettings(env, version),
        limits: limitsOf("m5.large"),
        maxPods: 29,
        addressesInUse,
      },
      {
        interfaces: this.interfaces,
        subnets: () => Promise.resolve([]),
        node: () => ({
          labels: { "topology.kubernetes.io/zone": this.zone },
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

describe("ipamd of a new node whose ENIConfig is missing", () => {
  const nowhere = () => {
    const interfaces = new MemoryInterfaces(
      new Map([
        ["subnet-nodes", 100],
        ["subnet-pods", 100],
      ]),
    );
    interfaces.place("subnet-nodes", 0);
    const machine = new Machine(interfaces);
    machine.zone = "us-west-2A";
    return machine;
  };

  it("ends since 1.13, and before went on without an address", async () => {
    await assert.rejects(nowhere().start(custom), {
      message:
        "Failed to attach any ENIs for custom networking: eniconfig is not available: ENIConfig us-west-2A",
    });
    const ipamd = await nowhere().start(custom, new Map(), [1, 12, 6]);
    assert.equal(ipamd.pool.counts(1_000_000).total, 0);
  });

  it("asks for the name again at every ENI", async () => {
    const machine = nowhere();
    const ipamd = await machine.start(custom, new Map(), [1, 12, 6]);
    await ipamd.settle(nothing);
    assert.deepEqual(machine.interfaces.calls, []);
    machine.zone = "us-west-2a";
    await ipamd.settle(nothing);
    assert.deepEqual(machine.interfaces.calls, ["attach subnet-pods"]);
  });
});

describe("ipamd with DISABLE_NETWORK_RESOURCE_PROVISIONING", () => {
  it("gives what the node has, and neither takes nor gives back anything", async () => {
    const interfaces = new MemoryInterfaces(new Map([["subnet-nodes", 100]]));
    interfaces.place("subnet-nodes", 2);
    const env = { DISABLE_NETWORK_RESOURCE_PROVISIONING: "true", WARM_IP_TARGET: "1" };
    const ipamd = await new Machine(interfaces).start(env);
    assert.notEqual(ipamd.pool.assign("first", 1_000_000), undefined);
    assert.notEqual(ipamd.pool.assign("second", 1_000_000), undefined);
    await ipamd.settle(nothing);
    assert.deepEqual(interfaces.calls, []);
  });
});

describe("security groups of ENIs that are there", () => {
  async function refreshed(env: Record<string, string>) {
    const interfaces = new MemoryInterfaces(
      new Map([
        ["subnet-nodes", 100],
        ["subnet-pods", 100],
      ]),
    );
    interfaces.place("subnet-nodes", 9);
    interfaces.place("subnet-nodes", 9);
    const machine = new Machine(interfaces);
    const ipamd = await machine.start({ ...env, WARM_IP_TARGET: "1" });
    return { interfaces, machine, ipamd };
  }

  it("follow those of the primary ENI every 30 seconds", async () => {
    const { interfaces, machine, ipamd } = await refreshed({});
    await ipamd.refreshSecurityGroups(["sg-node"]);
    await ipamd.refreshSecurityGroups(["sg-new"]);
    machine.now += 29_999;
    await ipamd.refreshSecurityGroups(["sg-new"]);
    assert.deepEqual(interfaces.calls, []);
    machine.now += 1;
    await ipamd.refreshSecurityGroups(["sg-new"]);
    assert.deepEqual(interfaces.calls, ["groups eni-1 sg-new"]);
    machine.now += 30_000;
    await ipamd.refreshSecurityGroups(["sg-new"]);
    assert.equal(interfaces.calls.length, 1);
  });

  it("are tried again the next time when EC2 refuses", async () => {
    const { interfaces, machine, ipamd } = await refreshed({});
    const setSecurityGroups = interfaces.setSecurityGroups.bind(interfaces);
    interfaces.setSecurityGroups = () => Promise.reject(refusal("RequestLimitExceeded", "slower"));
    await ipamd.refreshSecurityGroups(["sg-new"]);
    interfaces.setSecurityGroups = setSecurityGroups;
    machine.now += 30_000;
    await ipamd.refreshSecurityGroups(["sg-new"]);
    assert.deepEqual(interfaces.calls, ["groups eni-1 sg-new"]);
    assert.deepEqual(machine.lines.slice(-2), [
      "security groups of eni-1: RequestLimitExceeded: slower",
      "eni-1 has the security groups sg-new",
    ]);
  });

  it("stay as they are under custom networking, and new ENIs have the primary ENI's of today", async () => {
    const { interfaces, ipamd } = await refreshed(custom);
    await ipamd.refreshSecurityGroups(["sg-new"]);
    assert.deepEqual(interfaces.calls, []);
    for (let pod = 0; pod < 18; pod += 1) ipamd.pool.assign(`pod-${pod}`, 1_000_000);
    await ipamd.settle(nothing);
    assert.deepEqual(interfaces.calls, ["attach subnet-pods"]);
    assert.deepEqual(interfaces.groups, [["sg-new"]]);
  });
});
