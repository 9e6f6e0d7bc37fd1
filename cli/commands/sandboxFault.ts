import { likelyName } from "../../planning/nearestNames";
import { shown, type Problem } from "../../planning/problem";
import { faultKinds } from "../../sandbox/aws/faults/faultKinds";
import { faultRuleSchema, type FaultRuleInput } from "../../sandbox/aws/faults/faultRule";
import { nameWords } from "../../sandbox/record";
import { command, type Answer } from "../command";
import { ofFaults } from "../faultsOfSandbox";
import { faultText } from "../faultText";
import { choice, duration, text, wholeNumber } from "../flag";
import { nameFlag } from "../sandboxCommand";
import { UsageError } from "../usageError";

/** Members of a rule that have another name on the command line. */
const PLACES: Readonly<Record<string, string>> = {
  seconds: "--lag",
  instanceType: "--instance-type",
};

function noSuchKind(kind: string): Problem {
  const meant = likelyName(kind, Object.keys(faultKinds));
  return {
    path: "KIND",
    reason: `${shown(kind)} is no kind of fault.`,
    fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}There are ${Object.keys(faultKinds).join(", ")}.`,
  };
}

const kinds = Object.entries(faultKinds).map(([name, { summary }]) => `  ${name.padEnd(22)} ${summary}`);

/** `podnet sandbox fault` */
export const sandboxFault = command({
  positional: { name: "KIND", key: "kind", help: "the kind of fault", many: false },
  flags: {
    action: text("<service:Action>", "the calls that it hits, with * for any characters; all by default"),
    times: wholeNumber("how many calls it hits; all by default", 1, 1_000_000),
    for: duration("how long it is in force, such as 30s or 2m; until it is cleared by default", "30s or 2m"),
    every: wholeNumber("hit each so many calls only; each by default", 1, 1_000_000),
    from: choice("whose calls; the user's by default, anyone's where the kind is about one action", [
      "user",
      "auto-scaling",
      "eks",
      "nodes",
      "anyone",
    ]),
    lag: duration("stale: how long reads lag behind; 5s by default", "30s or 2m"),
    message: text("<text>", "associate-failed: what the association says"),
    instanceType: text("<type>", "insufficient-capacity: the type; every type by default"),
    zone: text("<zone>", "insufficient-capacity: the zone, such as us-west-2a; every zone by default"),
    name: nameFlag,
  },
  help: `Examples:
  podnet sandbox fault throttle --action 'ec2:Describe*' --times 3
  podnet sandbox fault error --action 'eks:*' --every 4 --for 2m
  podnet sandbox fault insufficient-capacity --instance-type m5.large --zone us-west-2a
  podnet sandbox fault associate-failed --times 1
  podnet sandbox faults                      # which there are, and how many calls they hit
  podnet sandbox faults --clear              # all is well again

Kinds:
${kinds.join("\n")}

Services are those of IAM policies: ec2, autoscaling, eks, iam, sts, servicequotas. The sandbox's own parts (EKS, Auto
Scaling, nodes) meet only faults that are from them, or from anyone.`,

  async run([kind = ""], { name = "default", lag, ...flags }): Promise<Answer> {
    if (!Object.hasOwn(faultKinds, kind)) throw new UsageError([noSuchKind(kind)]);
    const rule = { kind, ...flags, ...(lag === undefined ? {} : { seconds: lag }) };
    const read = faultRuleSchema.safeParse(rule);
    if (!read.success) {
      throw new UsageError(
        read.error.issues.map(({ path: [member = ""], message }) => ({
          path: PLACES[String(member)] ?? `--${String(member)}`,
          reason: `${message}.`,
          fix: "podnet sandbox fault --help lists the kinds.",
        })),
      );
    }
    const fault = await ofFaults(name, (faults) => faults.add(rule as FaultRuleInput));
    const clear = `podnet sandbox faults --clear ${fault.id}${nameWords(name)}`;
    return { json: fault, text: `${fault.id}: ${faultText(fault)}. ${clear} ends it.` };
  },
});
