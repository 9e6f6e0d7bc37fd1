import { rmSync } from "node:fs";
import { temporaryFolder } from "./temporaryFolder";

/** A cache folder of its own for the tests of a `describe`, in place of the user's. */
export function ownCacheFolder(): { readonly path: () => string } {
  const folder = temporaryFolder();
  const before = process.env.XDG_CACHE_HOME;
  beforeEach(() => {
    process.env.XDG_CACHE_HOME = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  return { path: () => folder };
}
