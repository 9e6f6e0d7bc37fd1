import { KubeConfig } from "@kubernetes/client-node";
// CommonJS projects may read its types only by naming it as the ES module that it is.
import type { KubeConfig as ReadKubeConfig } from "@kubernetes/client-node" with {
  "resolution-mode": "import",
};
import type { Environment } from "./environments";
import { profileVariables } from "./profileVariables";

/** An environment's kubeconfig can't be used. */
export class KubeConfigError extends Error {
  override readonly name: string = "KubeConfigError";
  /** Whether it is another than the environment's settings say, and nothing outside failed. */
  readonly isOfSettings: boolean = true;

  constructor(
    message: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** No kubeconfig leads to a cluster: there is none, it can't be read, or it names no current one. */
export class NoKubeConfigError extends KubeConfigError {
  override readonly name = "NoKubeConfigError";
  override readonly isOfSettings = false;
}

/**
 * How to reach the cluster of an environment: its own kubeconfig and context, else the ambient ones as kubectl takes
 * them. A program that makes tokens for the cluster, such as `aws eks get-token`, asks as the environment's profile, unless
 * the kubeconfig says which.
 *
 * @throws NoKubeConfigError when there is no such file, or it leads to no cluster; KubeConfigError when there is no such
 *   context.
 */
export function kubeConfigOf({
  kubeconfig,
  kubeContext,
  profile,
}: Pick<Environment, "kubeconfig" | "kubeContext" | "profile">): ReadKubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new NoKubeConfigError(whyUnreadable(kubeconfig, error), TO_A_CLUSTER, { cause: error });
  }
  if (kubeconfig === undefined && isMadeUp(config)) {
    throw new NoKubeConfigError(
      "there is no kubeconfig: KUBECONFIG is not set, and there is no ~/.kube/config",
      TO_A_CLUSTER,
    );
  }
  if (kubeContext !== undefined) takeContext(config, kubeContext);
  if (!config.getCurrentCluster()) {
    throw new NoKubeConfigError(
      `${nameOf(kubeconfig)} names no cluster to be asked: its current context is ${config.getCurrentContext() || "not set"}`,
      "Choose one with kubectl config use-context, kubeContext in the file of environments, or --kube-context.",
    );
  }
  askAsProfile(config, profile);
  return config;
}

const TO_A_CLUSTER =
  "Write one: aws eks update-kubeconfig --name CLUSTER --region REGION; or say where it is: KUBECONFIG, or kubeconfig in the file of environments.";

/** The library's own, where it finds no kubeconfig, and is in no pod either. */
function isMadeUp(config: KubeConfig): boolean {
  return (
    config.getCurrentContext() === "loaded-context" &&
    config.getCurrentCluster()?.server === "http://localhost:8080"
  );
}

function nameOf(kubeconfig: string | undefined): string {
  const ambient = process.env.KUBECONFIG ?? "";
  return `the kubeconfig ${kubeconfig ?? (ambient === "" ? "~/.kube/config" : ambient)}`;
}

/** Without a word of the file, which may be a key or a password. */
function whyUnreadable(kubeconfig: string | undefined, error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `${nameOf(path ?? kubeconfig)} is not there`;
  if (code !== undefined) return `${nameOf(path ?? kubeconfig)} can't be read (${code})`;
  if (error instanceof TypeError) return `${nameOf(kubeconfig)} is none: there is nothing in it`;
  // The parser quotes what it stumbles over; line and column come last.
  const [first = ""] = message.split("\n");
  const place = / \(\d+:\d+\)$/.exec(first)?.[0] ?? "";
  const [said = ""] = /^[^"<:!(]*/.exec(first) ?? [];
  return `${nameOf(kubeconfig)} is none: ${said.trimEnd()}${place}`;
}

/** @throws KubeConfigError when there is no such context. */
function takeContext(config: KubeConfig, kubeContext: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(kubeContext)) {
    throw new KubeConfigError(
      `the kubeconfig has no context ${kubeContext}`,
      `It has ${names.join(", ") || "none"}. Correct kubeContext in the file of environments, or --kube-context.`,
    );
  }
  config.setCurrentContext(kubeContext);
}

/** What is typed as anything in the library; a kubeconfig has these of it. */
interface TokenProgram {
  env?: readonly { readonly name: string; readonly value: string }[] | null;
}

function askAsProfile(config: KubeConfig, profile: string | undefined): void {
  const program = config.getCurrentUser()?.exec as TokenProgram | null | undefined;
  if (program === undefined || program === null) return;
  const given = program.env ?? [];
  const added = Object.entries(profileVariables(profile)).map(([name, value]) => ({ name, value }));
  program.env = [...added.filter(({ name }) => !given.some((one) => one.name === name)), ...given];
}
