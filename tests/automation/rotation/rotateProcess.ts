import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { KubeConfig } from "@kubernetes/client-node";
import { systemClock } from "../../../automation/clock";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import { abortRotation } from "../../../automation/rotation/abort";
import type { RotationEvent } from "../../../automation/rotation/events";
import { rotate } from "../../../automation/rotation/rotate";

const ACTS = { rotate, abort: abortRotation };

/** When a process kills itself, without notice. Only what happens counts, never how long that takes. */
export type Death =
  | { readonly behind: RotationEvent["type"] }
  | {
      /** Behind so many events... */
      readonly events: number;
      /** ...and so many turns of the event loop: between that event and the next, or what it asks for and the answer. */
      readonly turns: number;
      /** But before it ends more nodes than these are, and those that `ended` names. */
      readonly endings: number;
      readonly ended: readonly string[];
    };

/** What a rotation in a process of its own is told on its stdin, in one line of JSON, whereupon it begins. */
export interface RotateProcessOptions {
  /** @default rotate */
  readonly act?: keyof typeof ACTS;
  readonly maxUnavailable: number;
  /** @default it is not killed */
  readonly death?: Death;
  /** Behind which event it stops itself by SIGSTOP, as a suspended computer does. @default none */
  readonly sleepsBehind?: RotationEvent["type"];
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

/** @returns what is to be told each event, as soon as it is told to others. */
function executioner(death: Death | undefined): (event: RotationEvent) => void {
  if (death === undefined) return () => undefined;
  if ("behind" in death) {
    return ({ type }) => {
      if (type === death.behind) die();
    };
  }
  const { turns, endings } = death;
  const ended = new Set(death.ended);
  let events = 0;
  const dieIn = (turnsLeft: number): void => {
    if (turnsLeft === 0) die();
    else setImmediate(dieIn, turnsLeft - 1);
  };
  return (event) => {
    events += 1;
    if (event.type === "terminating") ended.add(event.node);
    if (ended.size > death.ended.length + endings) die();
    if (events === death.events) dieIn(turns);
  };
}

// An event per line on stdout.
const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
process.stdin.setEncoding("utf8");
const begin = async ({ act = "rotate", maxUnavailable, death, sleepsBehind }: RotateProcessOptions) => {
  const execute = executioner(death);
  await ACTS[act](
    JSON.parse(process.env.OUTPUTS ?? "") as PodNetworkOutputs,
    { maxUnavailable },
    {
      ec2: new EC2Client({}),
      autoScaling: new AutoScalingClient({}),
      eks: new EKSClient({}),
      elasticLoadBalancing: new ElasticLoadBalancingV2Client({}),
      classicLoadBalancing: new ElasticLoadBalancingClient({}),
      kubeConfig,
      clock: systemClock,
      signal: new AbortController().signal,
      onEvent: (event) => {
        process.stdout.write(`${JSON.stringify(event)}\n`);
        execute(event);
        // From within: before it asks for anything more.
        if (event.type === sleepsBehind) process.kill(process.pid, "SIGSTOP");
      },
    },
  );
};
process.stdin.once("data", (line: string) => {
  process.stdin.destroy();
  void begin(JSON.parse(line) as RotateProcessOptions);
});
