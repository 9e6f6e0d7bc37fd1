import { KubeConfig } from "@kubernetes/client-node";
import type { Environment } from "./environments";

/** An environment's kubeconfig can't be used. */
export class KubeConfigError extends Error {
  override readonly name = "KubeConfigError";

  constructor(
    message: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * How to reach the cluster of an environment: its own kubeconfig and context, else the ambient ones as kubectl takes
 * them.
 *
 * @throws KubeConfigError when there is no such file or context.
 */
export function kubeConfigOf({
  kubeconfig,
  kubeContext,
}: Pick<Environment, "kubeconfig" | "kubeContext">): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const which = kubeconfig ?? "the kubeconfig of this shell";
    throw new KubeConfigError(
      `${which} can't be read: ${said}`,
      "Set KUBECONFIG, or kubeconfig in the file of environments, to a kubeconfig of the cluster.",
      { cause: error },
    );
  }
  if (kubeContext === undefined) return config;
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(kubeContext)) {
    throw new KubeConfigError(
      `the kubeconfig has no context ${kubeContext}`,
      `It has ${names.join(", ") || "none"}. Correct kubeContext in the file of environments.`,
    );
  }
  config.setCurrentContext(kubeContext);
  return config;
}
