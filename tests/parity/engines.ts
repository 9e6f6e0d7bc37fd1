import { existsSync, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";

/** A pulumi CLI with the plugins that it is to use. */
export interface Engine {
  readonly name: "stand-in" | "real";
  /** The PATH on which everything of it comes first. */
  readonly path: string;
}

const standInBin = join(standInPulumiRoot(), "bin");

/** The stand-ins of this repository. */
export const standIn: Engine = {
  name: "stand-in",
  path: [standInBin, process.env.PATH].join(delimiter),
};

/**
 * The real pulumi and the real plugin for Kubernetes, where both are on PATH, with our plugin for AWS: the real one
 * knows nothing of the sandbox.
 *
 * @param folder an empty one, for links to them: what else is on their PATH must not come first.
 */
export function realEngine(folder: string): Engine | undefined {
  const cli = onPath("pulumi");
  const kubernetes = onPath("pulumi-resource-kubernetes");
  if (cli === undefined || kubernetes === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  symlinkSync(cli, join(folder, "pulumi"));
  symlinkSync(kubernetes, join(folder, "pulumi-resource-kubernetes"));
  symlinkSync(join(standInBin, "pulumi-resource-aws"), join(folder, "pulumi-resource-aws"));
  return { name: "real", path: [folder, process.env.PATH].join(delimiter) };
}

/** The first on PATH that is not ours. */
function onPath(program: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file) && realpathSync(file) !== realpathSync(join(standInBin, program)));
}
