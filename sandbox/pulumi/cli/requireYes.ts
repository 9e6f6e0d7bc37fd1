import { UsageError, type Given } from "./flags";

/** Nobody is asked here; whoever wants to see first asks for a preview. @throws UsageError without --yes */
export function requireYes(given: Given): void {
  if (!given.has("yes"))
    throw new UsageError("--yes must be passed in to proceed when running in non-interactive mode");
}
