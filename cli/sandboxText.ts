import { nameWords, type SandboxRecord } from "../sandbox/record";

/** A sandbox that has started, and how it is used. */
export function describeStarted({ name, world, server, awsEndpoint, kubectl }: SandboxRecord): string {
  const which = nameWords(name);
  return `The sandbox ${name} is ready, with the world ${world}.

  Kubernetes  ${server}
  AWS         ${awsEndpoint}
  kubectl     ${kubectl}

Use it in this shell:

  eval "$(podnet sandbox env${which})"

Then kubectl, aws, pulumi and podnet speak to it. podnet sandbox down${which} removes it.`;
}
