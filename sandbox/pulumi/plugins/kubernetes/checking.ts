import { autoName } from "../protocol/autoName";
import type { Checked, Naming, Subject } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import {
  annotationOf,
  AUTONAMED,
  metadataOf,
  nameOf,
  SKIP_AWAIT,
  withAnnotation,
  withMetadata,
} from "./manifest";
import { isNotWaitedFor, isPatch, kindOf } from "./typeToken";

/**
 * A manifest with a name, or what is wrong with it. It is as the API server takes it otherwise.
 *
 * @param olds the inputs before; undefined for what is new.
 * @throws Error when a patch doesn't say what it changes, as in the real plugin.
 */
export function namedManifest(
  subject: Subject,
  olds: Properties | undefined,
  manifest: Properties,
  naming: Naming,
): Checked {
  const refused = (property: string, reason: string): Checked => ({
    inputs: manifest,
    failures: [{ property, reason }],
  });
  if (isNotWaitedFor(kindOf(subject.type)) && annotationOf(manifest, SKIP_AWAIT) !== "true")
    return refused(
      "metadata.annotations",
      `${subject.type}: the sandbox's stand-in for the kubernetes plugin does not wait until it is ready, ` +
        `as the real one does; to do without, give it the annotation ${SKIP_AWAIT}: "true"`,
    );
  if (nameOf(manifest) !== "") return { inputs: manifest, failures: [] };
  if (isPatch(subject.type)) throw new Error("patch resources require the `.metadata.name` field to be set");
  if (metadataOf(manifest)["generateName"] !== undefined)
    return refused(
      "metadata.generateName",
      "the `.metadata.generateName` field is not supported in Server-Side Apply mode",
    );
  const adopted = olds !== undefined && annotationOf(olds, AUTONAMED) === "true" ? nameOf(olds) : "";
  if (adopted === "" && naming.asked === "disabled")
    return refused(
      "metadata.name",
      "autonaming is disabled, resource requires the .metadata.name field to be set",
    );
  const asked = naming.asked === "disabled" ? undefined : naming.asked?.name;
  const name = adopted || (asked ?? autoName(subject.name, naming.seed));
  return { inputs: withAnnotation(withMetadata(manifest, { name }), AUTONAMED, "true"), failures: [] };
}
