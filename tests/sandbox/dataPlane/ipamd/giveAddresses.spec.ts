import assert from "node:assert/strict";
import { AddressPool } from "../../../../sandbox/dataPlane/ipamd/addressPool";
import { giveAddresses, type AddressablePod } from "../../../../sandbox/dataPlane/ipamd/giveAddresses";

function pod(uid: string, facts: Partial<AddressablePod> = {}): AddressablePod {
  return {
    uid,
    podIp: undefined,
    isOnHostNetwork: false,
    isTerminating: false,
    isFinished: false,
    ...facts,
  };
}

function poolOf(...addresses: string[]): AddressPool {
  const pool = new AddressPool(30_000);
  pool.addInterface({ interfaceId: "eni-0", deviceIndex: 0, since: 0 }, addresses);
  return pool;
}

function given(pods: AddressablePod[], pool: AddressPool): [uid: string, address: string][] {
  return giveAddresses(pods, pool, 0).map(({ pod: { uid }, address }) => [uid, address]);
}

describe("pods that wait for an address", () => {
  it("get one each, once, as long as there are some", () => {
    const pool = poolOf("10.8.0.5", "10.8.0.6");
    const pods = [pod("a"), pod("b"), pod("c")];
    assert.deepEqual(given(pods, pool), [
      ["a", "10.8.0.5"],
      ["b", "10.8.0.6"],
    ]);
    assert.deepEqual(given(pods, pool), []);
  });

  it("are neither on the host's network nor ending nor at their end", () => {
    const pods = [
      pod("a", { isOnHostNetwork: true }),
      pod("b", { isTerminating: true }),
      pod("c", { isFinished: true }),
    ];
    assert.deepEqual(given(pods, poolOf("10.8.0.5")), []);
  });

  it("are none of those that have one, even of another node's ENI", () => {
    const pool = poolOf("10.8.0.5");
    assert.deepEqual(given([pod("a", { podIp: "10.8.7.7" })], pool), []);
    assert.equal(pool.counts(0).assigned, 0);
  });

  it("get none that a pod has without the pool's knowledge", () => {
    const pool = poolOf("10.8.0.5", "10.8.0.6");
    assert.deepEqual(given([pod("a"), pod("b", { podIp: "10.8.0.5" })], pool), [["a", "10.8.0.6"]]);
    assert.equal(pool.addressOf("b"), "10.8.0.5");
  });
});
