/** The outside of the command line, handed in so that tests can take its place. */
export interface Io {
  /** Writes what was asked for. */
  readonly stdout: (text: string) => void;
  /** Writes everything else: notes, progress, errors. */
  readonly stderr: (text: string) => void;
  /** Reads a file whole, or standard input for `-`. Throws what node:fs throws. */
  readonly readFile: (path: string) => string;
}
