import * as fc from "fast-check";
import { addressCount, blockAt, type CidrBlock } from "../../planning/cidrBlock";
import { instanceTypeTable, type InstanceType } from "../../planning/instanceType";

/** Any block of a size between two prefix lengths. */
export function aBlock({ from, to }: { from: number; to: number }): fc.Arbitrary<CidrBlock> {
  return fc
    .integer({ min: from, max: to })
    .chain((prefixLength) =>
      fc
        .integer({ min: 0, max: 2 ** prefixLength - 1 })
        .map((index) => blockAt(index * addressCount(prefixLength), prefixLength)),
    );
}

/** Any instance type of the committed table. */
export function anInstanceType(): fc.Arbitrary<InstanceType> {
  return fc.constantFrom(...instanceTypeTable().values());
}
