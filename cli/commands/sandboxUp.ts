import type { SandboxRecord } from "../../sandbox/record";
import { upSandbox } from "../../sandbox/sandbox";
import { worlds, type WorldName } from "../../sandbox/worlds";
import { command, type Answer } from "../command";
import { choice } from "../flag";
import { startProgress } from "../progress";
import { nameFlag, nameWords, ofSandbox } from "../sandboxCommand";

const worldNames = Object.keys(worlds) as WorldName[];

/** `podnet sandbox up` */
export const sandboxUp = command({
  flags: {
    name: nameFlag,
    world: choice("what is in it at the start; small by default", worldNames),
  },
  help: `Examples:
  podnet sandbox up
  eval "$(podnet sandbox env)" && kubectl get nodes
  podnet sandbox up --name other --world empty
  podnet sandbox up --json

Worlds:
  small      an EKS cluster of 6 nodes in 3 zones whose pods take the addresses of its nodes' subnets
  bare       the same with 3 nodes and no workloads, quick to start
  scattered  nodes in other subnets than the control plane, one route table, an aws-node that is no add-on
  prefixes   prefix delegation, external SNAT and security groups for pods
  empty      a control plane and an AWS with nothing in them

What runs already is left as it is. Ctrl-C removes what was started.`,

  async run(_args, flags, io): Promise<Answer> {
    const progress = startProgress(io);
    try {
      const { world = "small", name } = flags;
      const record = await ofSandbox("Starting the sandbox", () =>
        upSandbox({ name, world, progress, signal: io.signal }),
      );
      return { json: record, text: describe(record) };
    } finally {
      progress.close();
    }
  },
});

function describe({ name, world, server, awsEndpoint, kubectl }: SandboxRecord): string {
  const which = nameWords(name);
  return `The sandbox ${name} is ready, with the world ${world}.

  Kubernetes  ${server}
  AWS         ${awsEndpoint}
  kubectl     ${kubectl}

Use it in this shell:

  eval "$(podnet sandbox env${which})"

Then kubectl, aws, pulumi and podnet speak to it. podnet sandbox down${which} removes it.`;
}
