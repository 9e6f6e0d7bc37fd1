import assert from "node:assert/strict";
import fc from "fast-check";
import type { ClusterFacts } from "../../../planning/podNetwork/clusterFacts";
import { planPodNetwork, type PodNetworkPlan } from "../../../planning/podNetwork/plan";
import type { PodNetworkRequest } from "../../../planning/podNetwork/request";
import { instance, nodeGroup, nodeSubnet, podSubnet, smallCluster } from "../../support/clusterFacts";

const LETTERS = ["a", "b", "c", "d", "e", "f"];
const zoneOf = (letter: string) => `us-west-2${letter}`;

/** A cluster with nodes in some zones of a VPC that has subnets in all. */
const clusterIn = (letters: readonly string[]): ClusterFacts => ({
  ...smallCluster,
  subnets: LETTERS.map((letter, index) => nodeSubnet(letter, index * 16)),
  nodeGroups: [nodeGroup("general", letters.join(""))],
  instances: letters.map((letter) => instance(`i-${letter}`, letter)),
});

/** A cluster after a plan was carried out. */
function carriedOut(facts: ClusterFacts, { cidrBlocks, podSubnets }: PodNetworkPlan): ClusterFacts {
  const known = facts.cidrBlocks.map(({ cidrBlock }) => cidrBlock);
  const added = cidrBlocks.filter(({ cidrBlock }) => !known.includes(cidrBlock));
  const own = new Set(podSubnets.map(({ cidrBlock }) => cidrBlock));
  return {
    ...facts,
    cidrBlocks: [
      ...facts.cidrBlocks,
      ...added.map(({ cidrBlock }) => ({
        cidrBlock,
        associationId: `assoc-${cidrBlock}`,
        state: "associated",
      })),
    ],
    subnets: [
      ...facts.subnets.filter(({ cidrBlock }) => !own.has(cidrBlock)),
      ...podSubnets.map(({ availabilityZone, cidrBlock, group }) =>
        podSubnet(availabilityZone.slice(-1), cidrBlock, group),
      ),
    ],
  };
}

const placesOf = ({ podSubnets }: PodNetworkPlan) =>
  new Map(
    podSubnets.map(({ availabilityZone, group = "", cidrBlock }) => [
      `${availabilityZone} ${group}`,
      cidrBlock,
    ]),
  );

/** Both plans have the same place for whatever is in both. */
function assertNothingMoved(before: PodNetworkPlan, after: PodNetworkPlan) {
  const later = placesOf(after);
  for (const [place, cidrBlock] of placesOf(before)) {
    if (later.has(place)) assert.equal(later.get(place), cidrBlock, place);
  }
}

const letters = fc.uniqueArray(fc.constantFrom(...LETTERS), { minLength: 1 });
const podGroups = fc
  .uniqueArray(fc.constantFrom("batch", "gpu", "web"), { maxLength: 3 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.record({ name: fc.constant(name), subnetPrefixLength: fc.integer({ min: 22, max: 25 }) }),
      ),
    ),
  );
const podCidrs = fc.shuffledSubarray(["100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/17"], { minLength: 1 });
/** Never more than 24 subnets, for which a /17 has room whatever sizes they have. */
const situation = fc.record({
  letters,
  podGroups,
  podCidrs,
  subnetPrefixLength: fc.integer({ min: 22, max: 25 }),
});

describe("the places of pod subnets", () => {
  it("are the same when a plan that was carried out is planned again", () => {
    fc.assert(
      fc.property(situation, (given) => {
        const facts = clusterIn(given.letters);
        const plan = planPodNetwork(facts, given);
        const after = carriedOut(facts, plan);
        const again = planPodNetwork(after, given);
        assert.deepEqual({ ...again, warnings: [] }, { ...plan, warnings: [] });
      }),
    );
  });

  it("stay whatever zones, blocks, groups or sizes come, in any order", () => {
    fc.assert(
      fc.property(situation, situation, (first, second) => {
        const facts = clusterIn(first.letters);
        const plan = planPodNetwork(facts, first);
        const grown: PodNetworkRequest = {
          podCidrs: [...first.podCidrs, ...second.podCidrs.filter((cidr) => !first.podCidrs.includes(cidr))],
          podGroups: [
            ...second.podGroups.filter(({ name }) => first.podGroups.every((group) => group.name !== name)),
            ...first.podGroups,
          ],
          subnetPrefixLength: second.subnetPrefixLength,
        };
        const union = [...new Set([...second.letters, ...first.letters])];
        const today = { ...carriedOut(clusterIn(union), plan) };
        assertNothingMoved(plan, planPodNetwork(today, grown));
      }),
    );
  });

  it("stay when zones and groups that nobody uses go", () => {
    fc.assert(
      fc.property(situation, fc.nat(), (given, pick) => {
        const facts = clusterIn(given.letters);
        const plan = planPodNetwork(facts, given);
        const kept = given.letters.filter((_, index) => index !== pick % given.letters.length);
        if (kept.length === 0) return;
        const after = { ...carriedOut(facts, plan), instances: [] };
        const shrunk = {
          ...given,
          zones: kept.map(zoneOf),
          podGroups: given.podGroups.slice(1),
        };
        assertNothingMoved(plan, planPodNetwork(after, shrunk));
      }),
    );
  });

  it("never overlap, and lie in the blocks for pods", () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { podSubnets } = planPodNetwork(clusterIn(given.letters), given);
        assert.equal(new Set(podSubnets.map(({ cidrBlock }) => cidrBlock)).size, podSubnets.length);
        assert.equal(podSubnets.length, given.letters.length * (1 + given.podGroups.length));
      }),
    );
  });
});
