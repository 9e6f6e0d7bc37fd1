import { randomBytes } from "node:crypto";
import * as z from "zod";
import { inUse, invalidParameter } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { AddOn, Cluster, PodIdentityAssociation } from "./eksState";

/** Pod identity associations as the calls of add-ons have them. */
export const podIdentitySchema = z.array(z.strictObject({ serviceAccount: z.string(), roleArn: z.string() }));

/** The namespace of all add-ons. */
const ADD_ON_NAMESPACE = "kube-system";

/** All associations of a cluster, each with the add-on that owns it. */
export function associationsOf(
  cluster: Cluster,
): readonly { readonly one: PodIdentityAssociation; readonly owner?: AddOn }[] {
  const owned = [...cluster.addOns.values()].flatMap((owner) =>
    owner.podIdentityAssociations.map((one) => ({ one, owner })),
  );
  return [...[...cluster.podIdentities.values()].map((one) => ({ one })), ...owned];
}

/** Makes an association. @throws AwsError ResourceInUseException where the service account has one. */
export function makeAssociation(
  cluster: Cluster,
  input: Pick<PodIdentityAssociation, "namespace" | "serviceAccount" | "roleArn" | "tags">,
  { region, accountId, clock }: Pick<EksOutside, "region" | "accountId" | "clock">,
): PodIdentityAssociation {
  const { namespace, serviceAccount, roleArn, tags } = input;
  const there = associationsOf(cluster).find(
    ({ one }) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  if (there !== undefined) throw inUse(`Association already exists: ${there.one.id}`);
  const id = `a-${randomBytes(9).toString("hex").slice(0, 17)}`;
  const arn = `arn:aws:eks:${region}:${accountId}:podidentityassociation/${cluster.name}/${id}`;
  const now = clock.now();
  return { id, arn, namespace, serviceAccount, roleArn, tags, createdAt: now, modifiedAt: now };
}

/**
 * The associations that an add-on is to have. Those that it has stay what they are, with their ids.
 *
 * @param addOn undefined for one that is made.
 * @throws AwsError for a service account with two of them, or with one that isn't the add-on's.
 */
export function readPodIdentities(
  cluster: Cluster,
  addOn: AddOn | undefined,
  wanted: z.infer<typeof podIdentitySchema>,
  outside: Pick<EksOutside, "region" | "accountId" | "clock">,
): PodIdentityAssociation[] {
  const accounts = wanted.map(({ serviceAccount }) => serviceAccount);
  const twice = accounts.find((account, index) => accounts.indexOf(account) !== index);
  if (twice !== undefined) {
    throw invalidParameter(`The service account ${twice} has two pod identity associations.`);
  }
  return wanted.map(({ serviceAccount, roleArn }) => {
    const there = addOn?.podIdentityAssociations.find((one) => one.serviceAccount === serviceAccount);
    if (there === undefined) {
      const input = { namespace: ADD_ON_NAMESPACE, serviceAccount, roleArn, tags: {} };
      return makeAssociation(cluster, input, outside);
    }
    return there.roleArn === roleArn ? there : { ...there, roleArn, modifiedAt: outside.clock.now() };
  });
}
