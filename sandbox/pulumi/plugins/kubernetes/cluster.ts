import type { ApiServer } from "./apiServer";

/** The cluster that a provider is configured for, and what it does there by the provider's will. */
export interface Cluster {
  readonly api: ApiServer;
  /** Fields of other owners are taken over. */
  readonly force: boolean;
  /** What is there already is made the program's own, where it would be an error to make it. */
  readonly upsert: boolean;
}
