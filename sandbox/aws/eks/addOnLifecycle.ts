import type { AddOnTarget, ResolveConflicts } from "./addOn";
import { applyAddOn, removeAddOnObjects } from "./addOnObjects";
import type { EksOutside } from "./eksOutside";
import type { AddOn, Cluster } from "./eksState";
import { followRollout } from "./rollout";
import type { EksIssue, EksUpdate } from "./update";

/** What goes on with an add-on after the call that began it. */
export interface AddOnLifecycle {
  create(cluster: Cluster, addOn: AddOn, resolve: ResolveConflicts): Promise<void>;
  update(
    cluster: Cluster,
    addOn: AddOn,
    target: AddOnTarget,
    resolve: ResolveConflicts,
    update: EksUpdate,
  ): Promise<void>;
  /** @param preserve leaves its objects in the cluster, to whom it may concern. */
  remove(cluster: Cluster, addOn: AddOn, preserve: boolean): Promise<void>;
}

/** The lives of add-ons in a cluster. */
export function addOnLifecycle(outside: EksOutside): AddOnLifecycle {
  const settle = (addOn: AddOn, status: AddOn["status"], issue: EksIssue | undefined) => {
    Object.assign(addOn, {
      status,
      issues: issue === undefined ? [] : [issue],
      modifiedAt: outside.clock.now(),
    });
    outside.changed();
  };
  /** A degraded add-on is active again as soon as its pods are ready. */
  const recover = async (addOn: AddOn) => {
    const isDegraded = () => addOn.status === "DEGRADED";
    while (isDegraded()) {
      const issue = await followRollout(outside);
      // Somebody may have changed it meanwhile.
      if (issue === undefined && isDegraded()) settle(addOn, "ACTIVE", undefined);
    }
  };
  return {
    create: async (cluster, addOn, resolve) => {
      const conflict = await applyAddOn(cluster, undefined, addOn, resolve, outside);
      if (conflict !== undefined) {
        settle(addOn, "CREATE_FAILED", conflict);
        return;
      }
      const issue = await followRollout(outside);
      settle(addOn, issue === undefined ? "ACTIVE" : "DEGRADED", issue);
      await recover(addOn);
    },
    update: async (cluster, addOn, target, resolve, update) => {
      const conflict = await applyAddOn(cluster, { ...addOn }, target, resolve, outside);
      if (conflict === undefined) Object.assign(addOn, target, { preserves: resolve === "PRESERVE" });
      const issue = conflict ?? (await followRollout(outside));
      update.status = issue === undefined ? "Successful" : "Failed";
      update.issues = issue === undefined ? [] : [issue];
      const failed = conflict === undefined ? "DEGRADED" : "UPDATE_FAILED";
      settle(addOn, issue === undefined ? "ACTIVE" : failed, issue);
      await recover(addOn);
    },
    remove: async (cluster, addOn, preserve) => {
      if (!preserve) await removeAddOnObjects(cluster, addOn, outside);
      // Preserved, they go on as nobody's.
      for (const one of preserve ? addOn.podIdentityAssociations : []) cluster.podIdentities.set(one.id, one);
      cluster.addOns.delete(addOn.name);
      outside.changed();
    },
  };
}
