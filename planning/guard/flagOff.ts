import { isOn } from "../awsNode/customNetworking";
import { ENV_TABLE } from "../awsNode/envTable";
import { mergeConfigurationValues } from "../awsNode/merge";
import { isObject } from "../isObject";
import { InvalidInputError } from "../problem";
import type { ResourceChange } from "../stack/resourceChange";
import { danger, type Danger } from "./danger";

type Inputs = Readonly<Record<string, unknown>>;

const FLAG = ENV_TABLE.customNetworking.env;

/** Whether the flag is on by the inputs of a resource; `unknown` where only the update will tell. */
type Flag = "on" | "off" | "unknown";

/** How the flag is read of the resources that can set it. */
const READERS: readonly { readonly type: RegExp; readonly flagIn: (inputs: Inputs) => Flag }[] = [
  { type: /^aws:eks\/addon:Addon$/, flagIn: flagOfAddOn },
  { type: /^kubernetes:apps\/v\d\w*:DaemonSet(Patch)?$/, flagIn: flagOfDaemonSet },
];

/** Custom networking that is turned off while it is on. What only goes leaves the flag as it is, and is not told. */
export function flagOff(change: ResourceChange): Danger[] {
  const { type, before, after } = change;
  const reader = READERS.find((one) => one.type.test(type));
  if (reader === undefined || before === undefined || after === undefined) return [];
  if (reader.flagIn(before) !== "on") return [];
  const flag = reader.flagIn(after);
  if (flag === "on") return [];
  return [
    danger("CNI-FLAG-OFF", change, {
      title:
        flag === "off"
          ? `turns custom networking off: ${FLAG} goes from true to false`
          : `may turn custom networking off: what ${FLAG} becomes, only the update tells`,
      evidence: [
        "Nodes get further addresses from their own subnets then, which may be full, and keep both kinds until they are replaced.",
      ],
      wayOut:
        "Leave it on. To go back, run podnet rollback with the name of the environment: it looks whether the nodes' own subnets have room for all pods, and replaces the nodes.",
    }),
  ];
}

function flagOfAddOn({ configurationValues }: Inputs): Flag {
  if (configurationValues === "[unknown]") return "unknown";
  if (typeof configurationValues !== "string") return "off";
  try {
    return isOn(mergeConfigurationValues(configurationValues, { env: {}, initEnv: {} }).env) ? "on" : "off";
  } catch (error) {
    // Values that EKS could not take can't turn anything on.
    if (error instanceof InvalidInputError) return "off";
    throw error;
  }
}

function flagOfDaemonSet(inputs: Inputs): Flag {
  const podSpec = at(inputs, "spec", "template", "spec");
  if (podSpec === "[unknown]") return "unknown";
  const containers = isObject(podSpec) && Array.isArray(podSpec.containers) ? podSpec.containers : [];
  const main: unknown = containers.find((one: unknown) => isObject(one) && one.name === "aws-node");
  const env: readonly unknown[] = isObject(main) && Array.isArray(main.env) ? main.env : [];
  const entry = env.find((one) => isObject(one) && one.name === FLAG);
  const value = isObject(entry) ? entry.value : undefined;
  if (value === "[unknown]") return "unknown";
  return typeof value === "string" && isOn({ [FLAG]: value }) ? "on" : "off";
}

/** What is at a path; `[unknown]` where something on the way is. */
function at(value: unknown, ...path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined || value === "[unknown]") return value;
  return isObject(value) ? at(value[key], ...rest) : undefined;
}
