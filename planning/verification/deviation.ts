/** Something of the pod network that is not as its stack made it. */
export interface Deviation {
  /** What it is about. */
  readonly about: "rollback" | "settings" | "eniConfigs" | "securityGroups";
  /** What is, and what should be, by names that can be pasted. */
  readonly title: string;
  readonly wayOut: string;
}
