// Run in a process of its own, on the built package as its users import it.
import { planSubnets } from "eks-pod-network/planning";

const zones = ["a", "b", "c"].map((letter) => ({ availabilityZone: `us-west-2${letter}` }));
const start = performance.now();
for (let index = 0; index < 1000; index++) {
  planSubnets({
    vpc: {
      cidrBlocks: [`10.${index % 256}.0.0/16`],
      routes: ["0.0.0.0/0"],
      serviceCidrBlock: "172.20.0.0/16",
    },
    podBlocks: [`100.${64 + (index % 64)}.0.0/16`],
    zones,
    reservePrefixes: true,
  });
}
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));
