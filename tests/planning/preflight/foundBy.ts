import assert from "node:assert/strict";
import type { Check } from "../../../planning/preflight/check";
import { isNotSeen, type Finding } from "../../../planning/preflight/finding";
import type { Picture } from "../../../planning/preflight/picture";

/**
 * What a check finds.
 *
 * @param picture as far as the check looks at it.
 */
export function foundBy(check: Check, picture: object): readonly Finding[] {
  const result = check.run(picture as Picture);
  if (isNotSeen(result)) return assert.fail(result.notSeen);
  return result;
}
