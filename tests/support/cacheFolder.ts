import { rmSync } from "node:fs";
import { temporaryFolder } from "./temporaryFolder";

/** A cache folder of its own for the tests of a `describe`, in place of the user's. */
export function ownCacheFolder(): { readonly path: () => string } {
  let folder: string;
  const { XDG_CACHE_HOME } = process.env;
  before(() => {
    folder = temporaryFolder();
  });
  beforeEach(() => {
    process.env.XDG_CACHE_HOME = folder;
  });
  afterEach(() => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  return { path: () => folder };
}
