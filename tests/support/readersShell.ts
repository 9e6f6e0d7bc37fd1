import { mkdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { lendPrograms } from "./ownCache";
import { builtPodnet } from "./podnetProcess";
import type { TypingShell } from "./typedBlocks";

/**
 * The shell of somebody who reads the documentation: with the built podnet and a sandbox's kubectl in the folder `bin` of
 * their home, which lies first on PATH, and of this computer its programs, such as aws, jq and curl, alone. No setting
 * of this computer leads aws or kubectl elsewhere.
 *
 * @param home is their home, and their cache folder as well, with the programs of sandboxes in it.
 * @param kubectl the program's file.
 */
export function readersShell(home: string, kubectl: string): TypingShell {
  const bin = join(home, "bin");
  mkdirSync(bin);
  symlinkSync(builtPodnet, join(bin, "podnet"));
  symlinkSync(kubectl, join(bin, "kubectl"));
  lendPrograms(home);
  const env = {
    HOME: home,
    TMPDIR: home,
    XDG_CACHE_HOME: home,
    PATH: [bin, process.env.PATH].join(delimiter),
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    npm_config_update_notifier: "false",
  };
  return { cwd: home, env };
}
