import assert from "node:assert/strict";
import {
  comingWorkers,
  fullGroupNotes,
  restoredSizeNotes,
  restoredSizes,
  type RestorableGroup,
} from "../../../planning/rollback/restoredSizes";

const general: RestorableGroup = {
  name: "general",
  availabilityZones: ["us-west-2a", "us-west-2b", "us-west-2c"],
  desiredSize: 0,
  maxSize: 6,
  recordedSize: 3,
};
const batch: RestorableGroup = { ...general, name: "batch", availabilityZones: ["us-west-2a"] };
const roomFor = (a: number, b = 9, c = 9) =>
  new Map([
    ["us-west-2a", a],
    ["us-west-2b", b],
    ["us-west-2c", c],
  ]);
const sizesOf = (groups: readonly RestorableGroup[], room = roomFor(9)) =>
  restoredSizes(groups, room).map(({ size, missing }) => [size, missing]);

describe("the sizes that old groups get back before any node goes", () => {
  it("are those that were recorded", () => {
    assert.deepEqual(sizesOf([general, batch]), [
      [3, 0],
      [3, 0],
    ]);
  });

  it("are never lower than now, nor beyond the maximum, nor anything where nobody recorded one", () => {
    assert.deepEqual(sizesOf([{ ...general, desiredSize: 5 }]), [[5, 0]]);
    assert.deepEqual(sizesOf([{ ...general, maxSize: 2 }]), [[2, 1]]);
    assert.deepEqual(sizesOf([{ ...general, recordedSize: undefined }]), [[0, 0]]);
  });

  it("are lowered, the largest first, until each zone has addresses for its workers", () => {
    assert.deepEqual(sizesOf([general, batch], roomFor(4)), [
      [3, 0],
      [3, 0],
    ]);
    assert.deepEqual(sizesOf([{ ...general, recordedSize: 2 }, batch], roomFor(3)), [
      [2, 0],
      [2, 1],
    ]);
    assert.deepEqual(sizesOf([general], roomFor(9, 0)), [[0, 3]]);
  });

  it("count a worker in each zone for a group of three in three zones", () => {
    const sizes = new Map([
      ["general", 3],
      ["batch", 2],
    ]);
    assert.deepEqual([...comingWorkers([general, batch], sizes)], [...roomFor(3, 1, 1)]);
    assert.deepEqual([...comingWorkers([{ ...general, desiredSize: 2 }], sizes)], [...roomFor(1, 1, 1)]);
  });

  it("are told where they are not all that a group had", () => {
    assert.deepEqual(restoredSizeNotes(restoredSizes([{ ...general, maxSize: 2 }, batch], roomFor(9))), [
      "general begins with 2 of the 3 workers that it had: its maximum size, or the addresses of its zones, let no more.",
    ]);
  });

  it("are told to be full where nodes of a group go before it has new ones", () => {
    const full = { ...general, desiredSize: 4, going: 2 };
    assert.deepEqual(fullGroupNotes([full, { ...full, maxSize: 7 }, { ...general, desiredSize: 6 }]), [
      "general has its maximum of 6 nodes, of which some go: they are drained before there are new ones. Raise it meanwhile, so that new ones come first.",
    ]);
  });
});
