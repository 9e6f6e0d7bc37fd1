import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** A folder with what another has, as links. */
export function linked(from: string, to: string, but: readonly string[] = []): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (!but.includes(name)) symlinkSync(join(from, name), join(to, name));
  }
}
