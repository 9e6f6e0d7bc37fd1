import { dirname, join } from "node:path";

/**
 * The folder of the stand-in Pulumi, for `PulumiCommand.get({ root })` and, with `/bin` behind it, for the PATH of a
 * real `pulumi` that is to use the stand-in plugins.
 *
 * What it holds is run by itself and so is always the built one, also when the caller runs from the sources.
 */
export function standInPulumiRoot(): string {
  const manifest = require.resolve("eks-pod-network/package.json");
  return join(dirname(manifest), "dist", "sandbox", "pulumi");
}
