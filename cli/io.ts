/** The outside of the command line, handed in so that tests can take its place. */
export interface Io {
  /** Writes what was asked for. */
  readonly stdout: (text: string) => void;
  /** Whether its reader has gone, as `head` does when it has seen enough. @default it has not */
  readonly isUnread?: () => boolean;
  /** Writes everything else: notes, progress, errors. */
  readonly stderr: (text: string) => void;
  /**
   * Writes to stderr as it is, with the sequences that move a terminal's cursor: for what podnet itself draws, never for
   * a text of others. @default stderr
   */
  readonly draw?: (sequences: string) => void;
  /** Whether a person watches stderr: lines there may be drawn over. False in a pipeline, where each line stays. */
  readonly isTTY: boolean;
  /**
   * Asks a person, and answers the line that they type; none where they end the input instead, or the signal is aborted.
   *
   * @default nobody can be asked: podnet has no terminal
   */
  readonly ask?: ((question: string) => Promise<string | undefined>) | undefined;
  /** Reads a file whole, or standard input for `-`. Throws what node:fs throws. */
  readonly readFile: (path: string) => string;
  /**
   * Aborted by Ctrl-C or SIGTERM. A command that takes long hands it on, puts its house in order and throws; whatever
   * it throws once this is aborted, podnet exits with 130. One that never looks at it is ended at once.
   */
  readonly signal: AbortSignal;
}
