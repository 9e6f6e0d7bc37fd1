import { distance } from "fastest-levenshtein";

/** Of some names, those nearest to a mistyped one, best first; upper and lower case are the same. */
export function nearestNames(name: string, names: readonly string[], count: number): string[] {
  const mistyped = name.toLowerCase();
  return names
    .map((candidate) => ({ candidate, far: distance(mistyped, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Those of the nearest names that a mistyped one may mean, best first; none where none is near enough. */
export function likelyNames(name: string, names: readonly string[], count: number): string[] {
  const nearEnough = Math.max(2, name.length / 3);
  return nearestNames(name, names, count).filter(
    (near) => distance(name.toLowerCase(), near.toLowerCase()) <= nearEnough,
  );
}

/** The one name that a mistyped one most likely means, if any is near enough. */
export function likelyName(name: string, names: readonly string[]): string | undefined {
  return likelyNames(name, names, 1)[0];
}
