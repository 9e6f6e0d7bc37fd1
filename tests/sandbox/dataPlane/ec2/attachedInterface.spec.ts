import assert from "node:assert/strict";
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import { asAttached, type AttachedInterface } from "../../../../sandbox/dataPlane/ec2/nodeInterfaces";
import { Ipamd } from "../../../../sandbox/dataPlane/ipamd/ipamd";
import { patienceOfIpamd } from "../../../../sandbox/dataPlane/ipamd/nextStep";
import { readIpamdSettings } from "../../../../sandbox/dataPlane/ipamd/settings";
import { limitsOf } from "../../../../sandbox/dataPlane/limitsOfInstanceType";
import { MemoryInterfaces } from "../ipamd/memoryInterfaces";

const NO_MANAGE = { Key: "node.k8s.amazonaws.com/no_manage", Value: "true" };

describe("ENIs that the CNI does not manage", () => {
  it("are those that are tagged so, those for EFA, and those of other network cards", () => {
    const isUnmanaged = (found: NetworkInterface) => asAttached(found).isUnmanaged;
    assert.equal(isUnmanaged({}), false);
    assert.equal(isUnmanaged({ TagSet: [NO_MANAGE] }), true);
    assert.equal(isUnmanaged({ TagSet: [{ ...NO_MANAGE, Value: "false" }] }), false);
    assert.equal(isUnmanaged({ InterfaceType: "efa" }), true);
    assert.equal(isUnmanaged({ Attachment: { NetworkCardIndex: 1 } }), true);
    assert.equal(isUnmanaged({ Attachment: { NetworkCardIndex: 0 } }), false);
  });

  it("take up a place, but for those of other cards, and give pods nothing", async () => {
    const attachesBeside = async (unmanaged: Partial<AttachedInterface>) => {
      const interfaces = new MemoryInterfaces(new Map([["subnet-nodes", 500]]));
      interfaces.place("subnet-nodes", 9);
      const other = { ...interfaces.place("subnet-nodes", 9), isUnmanaged: true, ...unmanaged };
      const [primary] = await interfaces.list();
      interfaces.list = () => Promise.resolve(primary === undefined ? [] : [primary, other]);
      const ipamd = await Ipamd.start(
        {
          settings: readIpamdSettings({ WARM_ENI_TARGET: "9" }),
          limits: limitsOf("m5.large"),
          maxPods: 110,
          addressesInUse: new Map(),
        },
        {
          interfaces,
          subnets: () => Promise.resolve([]),
          node: () => ({ labels: {}, annotations: {}, isSchedulable: true }),
          eniConfig: () => undefined,
          patience: patienceOfIpamd,
          now: () => 1_000_000,
          log: () => undefined,
        },
      );
      await ipamd.settle(() => Promise.resolve());
      return interfaces.calls.length;
    };
    assert.equal(await attachesBeside({}), 1);
    assert.equal(await attachesBeside({ networkCard: 1 }), 2);
  });
});
