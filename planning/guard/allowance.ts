import { likelyName } from "../nearestNames";
import { InvalidInputError, shown, type Problem } from "../problem";
import { DANGERS, type Danger, type DangerId } from "./danger";

/** A danger that somebody allows: of one resource, or of all. */
export interface Allowance {
  readonly id: DangerId;
  /** The name of the resource in the program. @default all */
  readonly resource?: string;
}

/**
 * Reads allowances as people write them: `WORKERS-ROLLED`, or `SUBNET-LOST=pod-network-us-west-2a`.
 *
 * @throws InvalidInputError with all that are none.
 */
export function readAllowances(texts: readonly string[]): Allowance[] {
  const ids = Object.keys(DANGERS);
  const problems: Problem[] = [];
  const allowances = texts.flatMap((text, index): Allowance[] => {
    const [id = "", ...rest] = text.split("=");
    const resource = rest.join("=");
    if (!ids.includes(id)) {
      const meant = likelyName(id, ids);
      problems.push({
        path: `allow[${index}]`,
        reason: `${shown(id)} is no danger.`,
        fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}There are ${ids.join(", ")}.`,
      });
      return [];
    }
    if (rest.length > 0 && resource === "") {
      const fix = `Give ${id}=RESOURCE, or ${id} for all.`;
      problems.push({ path: `allow[${index}]`, reason: `${shown(text)} names no resource.`, fix });
    }
    return [{ id: id as DangerId, ...(resource !== "" && { resource }) }];
  });
  if (problems.length > 0) throw new InvalidInputError(problems);
  return allowances;
}

/** Dangers that nobody has allowed. */
export function forbidden(dangers: readonly Danger[], allowances: readonly Allowance[]): Danger[] {
  return dangers.filter((danger) => !allowances.some((allowance) => isMeant(danger, allowance)));
}

/** Allowances that are of no danger: misspelt, or of what would not happen. */
export function unmatched(dangers: readonly Danger[], allowances: readonly Allowance[]): Allowance[] {
  return allowances.filter((allowance) => !dangers.some((danger) => isMeant(danger, allowance)));
}

function isMeant(danger: Danger, { id, resource }: Allowance): boolean {
  return id === danger.id && (resource === undefined || resource === danger.resource);
}
