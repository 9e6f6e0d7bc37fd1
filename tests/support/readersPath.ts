import { mkdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { builtPodnet } from "./podnetProcess";

/**
 * The PATH of somebody who reads the documentation: with the built podnet and a sandbox's kubectl in its folder `bin`, and
 * everything else, such as aws, jq and curl, from this computer.
 *
 * @param home is given the folder `bin`.
 * @param kubectl the program's file.
 */
export function readersPath(home: string, kubectl: string): string {
  const bin = join(home, "bin");
  mkdirSync(bin);
  symlinkSync(builtPodnet, join(bin, "podnet"));
  symlinkSync(kubectl, join(bin, "kubectl"));
  return [bin, process.env.PATH].join(delimiter);
}
