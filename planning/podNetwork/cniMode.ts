import { shown, type Problem } from "../problem";

/** How the CNI is installed. */
export const CniMode = {
  /** As the managed add-on vpc-cni, whose configuration EKS writes into the DaemonSet. */
  AddOn: "addOn",
  /** By AWS's manifest or chart; the settings are written into the DaemonSet itself. */
  DaemonSet: "daemonSet",
} as const;
export type CniMode = (typeof CniMode)[keyof typeof CniMode];

/** How the CNI is asked to be set. */
export interface CniModeRequest {
  readonly mode?: CniMode | undefined;
  readonly adopt?: boolean | undefined;
  readonly addOnVersion?: string | undefined;
}

/** Decides on the mode: the one that is given, else the one that the cluster has. */
export function cniModeOf({ mode }: CniModeRequest, hasAddOn: boolean): CniMode {
  return mode ?? (hasAddOn ? CniMode.AddOn : CniMode.DaemonSet);
}

/** What is wrong with the mode of a CNI, in a cluster that has the managed add-on or not. */
export function cniModeProblems(request: CniModeRequest, hasAddOn: boolean, clusterName: string): Problem[] {
  const { mode, adopt = true, addOnVersion } = request;
  const modes: readonly string[] = Object.values(CniMode);
  if (mode !== undefined && !modes.includes(mode)) {
    return [{ path: "mode", reason: `${shown(mode)} is no mode.`, fix: `Give ${modes.join(" or ")}.` }];
  }
  if (mode === CniMode.AddOn && adopt && !hasAddOn) {
    return [
      {
        path: "mode",
        reason: `${clusterName} has no managed add-on vpc-cni that could be taken over.`,
        fix:
          "To turn the self-managed CNI into one, with all its settings, give adopt: false and leave it given; " +
          `to leave it self-managed, give mode: "${CniMode.DaemonSet}".`,
      },
    ];
  }
  if (mode === CniMode.DaemonSet && hasAddOn) {
    return [
      {
        path: "mode",
        reason: `${clusterName} has the managed add-on vpc-cni: EKS would write over what is set on the DaemonSet.`,
        fix: `Give mode: "${CniMode.AddOn}", or leave it out.`,
      },
    ];
  }
  if (cniModeOf(request, hasAddOn) === CniMode.DaemonSet && addOnVersion !== undefined) {
    return [
      {
        path: "addOnVersion",
        reason: "the CNI is self-managed, so its version is that of its manifest.",
        fix: `Leave it out, or turn the CNI into the add-on: mode: "${CniMode.AddOn}" with adopt: false.`,
      },
    ];
  }
  return [];
}
