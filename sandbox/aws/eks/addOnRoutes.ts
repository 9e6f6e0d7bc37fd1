import { createAddOnSchema, describeAddOn, readAddOn, readAddOnUpdate, updateAddOnSchema } from "./addOn";
import { addOnLifecycle } from "./addOnLifecycle";
import { describeAddOnVersions, VPC_CNI_VERSIONS } from "./addOnVersions";
import { vpcCniConfigurationSchema } from "./configurationValues";
import type { EksCall, EksContext, EksRoute } from "./eksContext";
import { invalidParameter, notInSandbox } from "./eksError";
import { KUBERNETES_VERSION } from "./eksOutside";
import type { AddOn } from "./eksState";
import { pageOf, readInput } from "./input";
import { readPodIdentities } from "./podIdentity";
import { tendAddOn } from "./tending";
import { beginUpdate, describeUpdate } from "./update";

/** The add-on API, for vpc-cni. */
export function addOnRoutes(context: EksContext): readonly EksRoute[] {
  const { outside, clusterOf, addOnOf, inBackground } = context;
  const lifecycle = addOnLifecycle(outside);
  const failure = (addOn: AddOn, status: AddOn["status"]) => (message: string) => {
    addOn.issues = [{ code: "InternalFailure", message, resourceIds: [] }];
    addOn.status = status;
  };
  const create = (call: EksCall) => {
    const input = readInput(call.request, createAddOnSchema);
    const cluster = clusterOf(call);
    const addOn = readAddOn(cluster, input, outside);
    cluster.addOns.set(addOn.name, addOn);
    const answer = { addon: describeAddOn(addOn) };
    const work = lifecycle.create(cluster, addOn, input.resolveConflicts ?? "NONE");
    inBackground(`add-on ${addOn.name}`, work, failure(addOn, "CREATE_FAILED"));
    tendAddOn(context, cluster, addOn);
    return answer;
  };
  const update = (call: EksCall) => {
    const input = readInput(call.request, updateAddOnSchema);
    const addOn = addOnOf(call);
    const target = readAddOnUpdate(addOn, input);
    // Given, they are all that there are from now on.
    if (input.podIdentityAssociations !== undefined) {
      addOn.podIdentityAssociations = readPodIdentities(
        clusterOf(call),
        addOn,
        input.podIdentityAssociations,
        outside,
      );
    }
    const resolve = input.resolveConflicts ?? "NONE";
    const begun = beginUpdate(
      "AddonUpdate",
      {
        AddonVersion: input.addonVersion,
        ServiceAccountRoleArn: input.serviceAccountRoleArn,
        ResolveConflicts: resolve,
        ConfigurationValues: input.configurationValues,
      },
      outside.clock.now(),
    );
    addOn.updates.set(begun.id, begun);
    addOn.status = "UPDATING";
    const answer = { update: describeUpdate(begun) };
    const work = lifecycle.update(clusterOf(call), addOn, target, resolve, begun);
    inBackground(`update of add-on ${addOn.name}`, work, (message) => {
      failure(addOn, "UPDATE_FAILED")(message);
      begun.status = "Failed";
      begun.issues = [{ code: "Unknown", message, resourceIds: [] }];
    });
    return answer;
  };
  const remove = (call: EksCall) => {
    const addOn = addOnOf(call);
    addOn.status = "DELETING";
    const answer = { addon: describeAddOn(addOn) };
    const work = lifecycle.remove(clusterOf(call), addOn, call.request.query.get("preserve") === "true");
    inBackground(`deletion of add-on ${addOn.name}`, work, failure(addOn, "DELETE_FAILED"));
    return answer;
  };
  const list = (call: EksCall) => {
    const { page, nextToken } = pageOf(call.request, [...clusterOf(call).addOns.keys()]);
    return { addons: page, nextToken };
  };
  return [
    ["POST", /^\/clusters\/([^/]+)\/addons$/, create],
    ["GET", /^\/clusters\/([^/]+)\/addons$/, list],
    ["GET", /^\/clusters\/([^/]+)\/addons\/([^/]+)$/, (call) => ({ addon: describeAddOn(addOnOf(call)) })],
    ["POST", /^\/clusters\/([^/]+)\/addons\/([^/]+)\/update$/, update],
    ["DELETE", /^\/clusters\/([^/]+)\/addons\/([^/]+)$/, remove],
    ["GET", /^\/addons\/supported-versions$/, supportedVersions],
    ["GET", /^\/addons\/configuration-schemas$/, configurationSchema],
  ];
}

function supportedVersions({ request: { query } }: EksCall) {
  if ((query.get("kubernetesVersion") ?? KUBERNETES_VERSION) !== KUBERNETES_VERSION) return { addons: [] };
  const all = describeAddOnVersions();
  return { addons: all.filter(({ addonName }) => (query.get("addonName") ?? addonName) === addonName) };
}

function configurationSchema({ request: { query } }: EksCall) {
  const addonName = query.get("addonName") ?? "";
  const addonVersion = query.get("addonVersion") ?? "";
  if (addonName !== "vpc-cni") throw notInSandbox(`The add-on ${addonName}`);
  if (!VPC_CNI_VERSIONS.some((known) => known === addonVersion)) {
    throw invalidParameter("Addon version specified is not supported", { addonName });
  }
  return {
    addonName,
    addonVersion,
    configurationSchema: vpcCniConfigurationSchema(),
    podIdentityConfiguration: [
      {
        serviceAccount: "aws-node",
        recommendedManagedPolicies: ["arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"],
      },
    ],
  };
}
