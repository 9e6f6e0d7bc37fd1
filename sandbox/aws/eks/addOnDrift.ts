import { correctDrift } from "./addOnObjects";
import type { EksOutside } from "./eksOutside";
import type { AddOn, Cluster } from "./eksState";

/** Takes back what others change of an add-on's fields, again and again, as long as the add-on is there. */
export async function watchDrift(cluster: Cluster, addOn: AddOn, outside: EksOutside): Promise<void> {
  const { clock, pace, signal, log } = outside;
  const isThere = () => cluster.addOns.get(addOn.name) === addOn;
  while (isThere()) {
    await clock.sleep(pace.driftMs, signal);
    if (!isThere() || addOn.status !== "ACTIVE") continue;
    // What the API server refuses now it may take the next time.
    await correctDrift(cluster, addOn, outside).catch((error: unknown) => {
      if (!signal.aborted) log(`drift of add-on ${addOn.name}: ${String(error)}`);
    });
  }
}
