import { PATCH_ANNOTATIONS, patchAnnotationsIn, type Annotations } from "../awsNode/patchAnnotations";

const MANAGER = "pulumi.com/patchFieldManager";

/**
 * The annotations of aws-node without those that the pod network's patch has put there: the plugin takes them away with
 * a patch that it deletes, and this one stays as it is.
 *
 * @param recorded those of them that were there before.
 * @returns none where they are like that already, or a patch of somebody else has put its own there since.
 */
export function restoredAnnotations(live: Annotations, recorded: Annotations): Annotations | undefined {
  if (live[MANAGER] !== PATCH_ANNOTATIONS[MANAGER]) return undefined;
  const isSame = Object.keys(PATCH_ANNOTATIONS).every((key) => live[key] === recorded[key]);
  if (isSame) return undefined;
  const others = Object.entries(live).filter(([key]) => !Object.hasOwn(PATCH_ANNOTATIONS, key));
  return { ...Object.fromEntries(others), ...patchAnnotationsIn(recorded) };
}
