import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { EksCall, EksContext, EksRoute } from "./eksContext";
import { invalidParameter, notFound } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { AddOn, Cluster, PodIdentityAssociation } from "./eksState";
import { pageOf } from "./input";

/** Pod identity associations as the calls of add-ons have them. */
export const podIdentitySchema = z.array(z.strictObject({ serviceAccount: z.string(), roleArn: z.string() }));

/**
 * The associations that an add-on is to have. Those that it has stay what they are, with their ids.
 *
 * The sandbox's pods have no credentials, so that nothing comes of them but what is told.
 *
 * @throws AwsError for a service account with two of them.
 */
export function readPodIdentities(
  addOn: Pick<AddOn, "clusterName" | "podIdentityAssociations">,
  wanted: z.infer<typeof podIdentitySchema>,
  { region, accountId }: Pick<EksOutside, "region" | "accountId">,
): PodIdentityAssociation[] {
  const accounts = wanted.map(({ serviceAccount }) => serviceAccount);
  const twice = accounts.find((account, index) => accounts.indexOf(account) !== index);
  if (twice !== undefined) {
    throw invalidParameter(`The service account ${twice} has two pod identity associations.`);
  }
  return wanted.map(({ serviceAccount, roleArn }) => {
    const there = addOn.podIdentityAssociations.find((one) => one.serviceAccount === serviceAccount);
    const id = there?.id ?? `a-${randomBytes(9).toString("hex").slice(0, 17)}`;
    const arn = `arn:aws:eks:${region}:${accountId}:podidentityassociation/${addOn.clusterName}/${id}`;
    return { id, arn, serviceAccount, roleArn };
  });
}

/** The associations of a cluster: those of its add-ons. */
export function podIdentityRoutes({ clusterOf }: EksContext): readonly EksRoute[] {
  return [
    [
      "GET",
      /^\/clusters\/([^/]+)\/pod-identity-associations$/,
      (call) => {
        const cluster = clusterOf(call);
        const { page, nextToken } = pageOf(call.request, associationsOf(cluster));
        return { associations: page.map(({ one }) => summaryOf(cluster, one)), nextToken };
      },
    ],
    [
      "GET",
      /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/,
      (call) => ({ association: describe(clusterOf(call), call) }),
    ],
  ];
}

function associationsOf(cluster: Cluster) {
  return [...cluster.addOns.values()].flatMap((addOn) =>
    addOn.podIdentityAssociations.map((one) => ({ addOn, one })),
  );
}

function summaryOf(cluster: Cluster, { id, arn, serviceAccount }: PodIdentityAssociation) {
  return {
    clusterName: cluster.name,
    namespace: "kube-system",
    serviceAccount,
    associationArn: arn,
    associationId: id,
  };
}

function describe(cluster: Cluster, { names }: EksCall) {
  const id = names[1] ?? "";
  const found = associationsOf(cluster).find(({ one }) => one.id === id);
  if (found === undefined) throw notFound(`Association with associationID ${id} not found`);
  return {
    ...summaryOf(cluster, found.one),
    roleArn: found.one.roleArn,
    ownerArn: found.addOn.arn,
    tags: {},
    createdAt: found.addOn.createdAt / 1000,
    modifiedAt: found.addOn.modifiedAt / 1000,
  };
}
