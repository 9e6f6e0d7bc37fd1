// Run in a process of its own, on the built package as its users import it.
import { instanceTypeTable, readFleet, sizeFleet } from "eks-pod-network/planning";

const types = [...instanceTypeTable().values()].filter(({ enis }) => enis > 1);
const fleet = {
  customNetworking: true,
  subnets: ["a", "b", "c"].map((letter) => ({ zone: `us-west-2${letter}`, prefixLength: 16 })),
  instances: Array.from({ length: 500 }, (_, index) => ({
    type: types[(index * 7) % types.length].instanceType,
    count: 1 + (index % 20),
    podsPerNode: index % 60,
  })),
};
const start = performance.now();
sizeFleet(readFleet(fleet));
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));
