import type { Problem } from "../problem";
import { resourceName, type StackRemoval } from "./stackRemoval";

const ADD_ON = "aws:eks/addon:Addon";

/**
 * The managed add-on, where it was there before the stack and the stack takes it for its own by now: an update of Pulumi's
 * alone had `cni.adopt: false`, and nothing but that record tells who made it.
 *
 * @param wasAddOn whether the CNI was a managed add-on before the first change.
 */
export function forgottenAddOn({ removed }: StackRemoval, wasAddOn: boolean): Problem[] {
  const addOns = wasAddOn ? removed.filter(({ type }) => type === ADD_ON) : [];
  return addOns.map((addOn) => ({
    path: "cni.adopt",
    reason: `made the stack forget that ${resourceName(addOn)} was there before it, and it would be deleted.`,
    fix: "Take cni.adopt: false out of the stack's settings and run podnet up, which notes that it was taken over; then look again.",
  }));
}
