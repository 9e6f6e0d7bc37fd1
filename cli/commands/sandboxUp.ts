import type { Problem } from "../../planning/problem";
import { upSandbox } from "../../sandbox/sandbox";
import { worlds, type WorldName } from "../../sandbox/worlds";
import { command, type Answer } from "../command";
import { wholeNumber, yes } from "../flag";
import { startProgress } from "../progress";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { describeStarted } from "../sandboxText";
import { UsageError } from "../usageError";
import { worldFlag } from "../worldFlag";

/** `podnet sandbox up` */
export const sandboxUp = command({
  flags: {
    name: nameFlag,
    world: worldFlag("what is in it at the start; small by default"),
    nodes: wholeNumber("how many nodes the world large has; 200 by default", 10, 1000),
    fresh: yes("build the world large anew, although it was kept when it was first built"),
    pace: wholeNumber(
      "what the durations of EKS, Auto Scaling and the CNI are multiplied with; 1 by default",
      1,
      60,
    ),
    recogniseAfter: wholeNumber(
      "seconds until the control plane reaches a block that is associated later; on EKS up to 18000, here 0 by default",
      0,
      86_400,
    ),
  },
  help: `Examples:
  podnet sandbox up
  eval "$(podnet sandbox env)" && kubectl get nodes
  podnet sandbox up --name other --world empty
  podnet sandbox up --world large --nodes 500
  podnet sandbox up --json

Worlds, of which podnet sandbox worlds lists all:
  small      an EKS cluster of 6 nodes in 3 zones whose pods take the addresses of its nodes' subnets
  bare       the same with 3 nodes and no workloads, quick to start
  scattered  nodes in other subnets than the control plane, one route table, an aws-node that is no add-on
  prefixes   prefix delegation, external SNAT and security groups for pods
  large      200 nodes and 4,000 pods, or as many nodes as --nodes says
  empty      a control plane and an AWS with nothing in them

What runs already is left as it is. Ctrl-C removes what was started.`,

  async run(_args, flags, io): Promise<Answer> {
    const { world = "small", name, nodes, fresh, pace, recogniseAfter } = flags;
    if (nodes !== undefined && !("nodes" in worlds[world])) throw new UsageError([nodesAreGiven(world)]);
    const progress = startProgress(io);
    try {
      const record = await ofSandbox("Starting the sandbox", () =>
        upSandbox({ name, world, nodes, fresh, pace, recogniseAfter, progress, signal: io.signal }),
      );
      return { json: record, text: describeStarted(record) };
    } finally {
      progress.close();
    }
  },
});

function nodesAreGiven(world: WorldName): Problem {
  return {
    path: "--nodes",
    reason: `the world ${world} has a number of nodes of its own.`,
    fix: "Leave it out, or give --world large.",
  };
}
