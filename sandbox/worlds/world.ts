/** What a world is built with. */
export interface WorldOutside {
  /** For every AWS client. */
  readonly awsEndpoint: string;
  readonly region: string;
  /** Path of a kubeconfig file with every right. */
  readonly kubeconfig: string;
  /** How many nodes it is to have; only worlds that may have any number look at it. */
  readonly nodes?: number | undefined;
  /** Takes a line of progress at a time. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds what a sandbox starts with, by the means that people have: AWS's APIs and the API server.
 *
 * @throws whatever AWS or the API server refuses; the sandbox is of no use then.
 */
export type WorldBuilder = (outside: WorldOutside) => Promise<void>;
