import type { EksCall, EksContext, EksRoute } from "./eksContext";
import { notFound } from "./eksError";
import type { FargateProfile } from "./eksState";
import {
  createFargateProfileSchema,
  describeFargateProfile,
  readFargateProfile,
  refuseWhileChanging,
} from "./fargateProfile";
import { pageOf, readInput } from "./input";

/** Fargate profiles: they are told here; the data plane puts their pods on Fargate. */
export function fargateRoutes({ outside, clusterOf, inBackground }: EksContext): readonly EksRoute[] {
  const profileOf = (call: EksCall): FargateProfile => {
    const cluster = clusterOf(call);
    const name = call.names[1] ?? "";
    const profile = cluster.fargateProfiles.get(name);
    if (profile !== undefined) return profile;
    throw notFound(`No Fargate Profile found with name: ${name}.`, {
      clusterName: cluster.name,
      fargateProfileName: name,
    });
  };
  /** On AWS both take a minute or two. */
  const later = (what: string, act: () => void) => {
    const work = outside.clock.sleep(outside.pace.pollMs, outside.signal).then(() => {
      act();
      outside.changed();
    });
    inBackground(what, work, () => undefined);
  };
  return [
    [
      "POST",
      /^\/clusters\/([^/]+)\/fargate-profiles$/,
      async (call) => {
        const input = readInput(call.request, createFargateProfileSchema);
        const cluster = clusterOf(call);
        const profile = await readFargateProfile(cluster, input, outside);
        cluster.fargateProfiles.set(profile.name, profile);
        const answer = { fargateProfile: describeFargateProfile(profile) };
        later(`Fargate profile ${profile.name}`, () => {
          profile.status = "ACTIVE";
        });
        return answer;
      },
    ],
    [
      "GET",
      /^\/clusters\/([^/]+)\/fargate-profiles$/,
      (call) => {
        const { page, nextToken } = pageOf(call.request, [...clusterOf(call).fargateProfiles.keys()]);
        return { fargateProfileNames: page, nextToken };
      },
    ],
    [
      "GET",
      /^\/clusters\/([^/]+)\/fargate-profiles\/([^/]+)$/,
      (call) => ({ fargateProfile: describeFargateProfile(profileOf(call)) }),
    ],
    [
      "DELETE",
      /^\/clusters\/([^/]+)\/fargate-profiles\/([^/]+)$/,
      (call) => {
        const cluster = clusterOf(call);
        const profile = profileOf(call);
        refuseWhileChanging(cluster, `delete Fargate profile ${profile.name}`);
        profile.status = "DELETING";
        later(`deletion of Fargate profile ${profile.name}`, () => {
          cluster.fargateProfiles.delete(profile.name);
        });
        return { fargateProfile: describeFargateProfile(profile) };
      },
    ],
  ];
}
