import * as pulumi from "@pulumi/pulumi";
import { DaemonSetPatch } from "@pulumi/kubernetes/apps/v1/daemonSetPatch";
import type { core } from "@pulumi/kubernetes/types/input";
import type { AskedEnv } from "../../planning/awsNode/askedEnv";
import { patchedContainers } from "../../planning/awsNode/daemonSetPatch";
import type { LiveDaemonSet } from "../../planning/awsNode/liveDaemonSet";
import { PATCH_ANNOTATIONS } from "../../planning/awsNode/patchAnnotations";
import { knownValue } from "../knownValue";
import { orRefuse } from "../refuse";
import { AWS_NODE } from "./awsNodeDaemonSet";
import type { CniChanged } from "./changed";

/** The plugin waits for the rollout, a tenth of the nodes at a time: its own ten minutes are short for many nodes. */
const ROLLED_OUT_WITHIN = "30m";

/**
 * Writes settings into the DaemonSet of a self-managed CNI.
 *
 * Deleting the patch leaves the DaemonSet as it is (`retainOnDelete`): the plugin would take away every value that
 * nobody else holds and leave the entries without one, and what they had before would not come back.
 *
 * @throws ResourceError where the DaemonSet can't be patched.
 */
export async function patchDaemonSet(
  component: pulumi.Resource,
  name: string,
  asked: AskedEnv,
  live: pulumi.Output<LiveDaemonSet>,
): Promise<CniChanged> {
  // Entries of others are handed on as they were read, so that their form is Kubernetes' own.
  const podSpec = live.apply((daemonSet) =>
    orRefuse(component, () => patchedContainers(daemonSet, asked)),
  ) as pulumi.Output<core.v1.PodSpecPatch>;
  // Nothing is registered where it is refused.
  await knownValue(podSpec);

  const resource = new DaemonSetPatch(
    name,
    {
      metadata: { ...AWS_NODE, annotations: PATCH_ANNOTATIONS },
      spec: { template: { spec: podSpec } },
    },
    {
      parent: component,
      retainOnDelete: true,
      // It has nothing to lose, and goes where the CNI becomes the add-on; protected, that would be refused.
      protect: false,
      customTimeouts: { create: ROLLED_OUT_WITHIN, update: ROLLED_OUT_WITHIN },
    },
  );
  return { resource, inForce: pulumi.output(asked) };
}
