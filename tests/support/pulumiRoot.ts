import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { temporaryFolder } from "./temporaryFolder";

const KUBERNETES = "pulumi-resource-kubernetes";

/**
 * The stand-in Pulumi for programs of a test, with the real plugin for Kubernetes where there is one on PATH: it is the
 * judge of what a second preview has to say.
 *
 * For `PulumiCommand.get({ root })`, which looks into the root's own folder before PATH.
 */
export function pulumiRoot(): string {
  const standIn = standInPulumiRoot();
  const own = join(standIn, "bin", KUBERNETES);
  const real = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, KUBERNETES))
    .find((file) => existsSync(file) && realpathSync(file) !== realpathSync(own));
  if (real === undefined) return standIn;
  const root = temporaryFolder();
  process.once("exit", () => {
    rmSync(root, { recursive: true });
  });
  mkdirSync(join(root, "bin"));
  for (const program of ["pulumi", "pulumi-resource-aws"]) {
    symlinkSync(join(standIn, "bin", program), join(root, "bin", program));
  }
  symlinkSync(real, join(root, "bin", KUBERNETES));
  return root;
}
