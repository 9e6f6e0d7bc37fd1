import * as z from "zod";
import type { EksCall, EksContext, EksRoute } from "./eksContext";
import { notFound } from "./eksError";
import type { AddOn, Cluster, PodIdentityAssociation } from "./eksState";
import { pageOf, readInput, tagsSchema } from "./input";
import { associationsOf, makeAssociation } from "./podIdentity";

const createSchema = z.strictObject({
  namespace: z.string().min(1),
  serviceAccount: z.string().min(1),
  roleArn: z.string().min(1),
  clientRequestToken: z.string().optional(),
  tags: tagsSchema.optional(),
});

const updateSchema = z.strictObject({
  roleArn: z.string().min(1).optional(),
  clientRequestToken: z.string().optional(),
});

const ALL = /^\/clusters\/([^/]+)\/pod-identity-associations$/;
const ONE = /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/;

/** Pod identity associations: those that people make, and those of add-ons. */
export function podIdentityRoutes({ outside, clusterOf }: EksContext): readonly EksRoute[] {
  const create = (call: EksCall) => {
    const cluster = clusterOf(call);
    const { tags = {}, ...input } = readInput(call.request, createSchema);
    const one = makeAssociation(cluster, { ...input, tags }, outside);
    cluster.podIdentities.set(one.id, one);
    return { association: describe(cluster, { one }) };
  };
  const list = (call: EksCall) => {
    const cluster = clusterOf(call);
    const { query } = call.request;
    const found = associationsOf(cluster).filter(
      ({ one }) =>
        (query.get("namespace") ?? one.namespace) === one.namespace &&
        (query.get("serviceAccount") ?? one.serviceAccount) === one.serviceAccount,
    );
    const { page, nextToken } = pageOf(call.request, found);
    return { associations: page.map((each) => summaryOf(cluster, each)), nextToken };
  };
  const update = (call: EksCall) => {
    const cluster = clusterOf(call);
    const found = find(cluster, call);
    const { roleArn = found.one.roleArn } = readInput(call.request, updateSchema);
    Object.assign(found.one, { roleArn, modifiedAt: outside.clock.now() });
    return { association: describe(cluster, found) };
  };
  const remove = (call: EksCall) => {
    const cluster = clusterOf(call);
    const { one, owner } = find(cluster, call);
    cluster.podIdentities.delete(one.id);
    if (owner !== undefined) {
      owner.podIdentityAssociations = owner.podIdentityAssociations.filter(({ id }) => id !== one.id);
    }
    return { association: describe(cluster, { one, ...(owner && { owner }) }) };
  };
  return [
    ["POST", ALL, create],
    ["GET", ALL, list],
    ["GET", ONE, (call) => ({ association: describe(clusterOf(call), find(clusterOf(call), call)) })],
    ["POST", ONE, update],
    ["DELETE", ONE, remove],
  ];
}

interface Association {
  readonly one: PodIdentityAssociation;
  readonly owner?: AddOn;
}

function find(cluster: Cluster, { names }: EksCall): Association {
  const id = names[1] ?? "";
  const found = associationsOf(cluster).find(({ one }) => one.id === id);
  if (found === undefined) throw notFound(`Association with associationID ${id} not found`);
  return found;
}

function summaryOf(cluster: Cluster, { one, owner }: Association) {
  return {
    clusterName: cluster.name,
    namespace: one.namespace,
    serviceAccount: one.serviceAccount,
    associationArn: one.arn,
    associationId: one.id,
    ...(owner === undefined ? {} : { ownerArn: owner.arn }),
  };
}

function describe(cluster: Cluster, association: Association) {
  const { roleArn, tags, createdAt, modifiedAt } = association.one;
  return {
    ...summaryOf(cluster, association),
    ...{ roleArn, tags },
    createdAt: createdAt / 1000,
    modifiedAt: modifiedAt / 1000,
  };
}
