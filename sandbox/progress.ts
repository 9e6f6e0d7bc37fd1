/** Takes what long work has to tell; the CLI's progress is one. */
export interface SandboxProgress {
  /** A new step begins. */
  step(title: string): void;
  /** Something happened; one line, which stays. */
  say(line: string): void;
  /** How things stand now, in place of how they stood before. */
  show(lines: readonly string[]): void;
}
