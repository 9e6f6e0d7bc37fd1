import * as z from "zod";
import { faultKindNames, faultKinds, type FaultKind, type FaultKindName } from "./faultKinds";

/** Services that can be named in an action, by their prefix in IAM policies. */
const SERVICES = ["ec2", "autoscaling", "eks", "iam", "sts", "servicequotas"];

/** Members that belong to some kinds alone. */
const OWN_MEMBERS: Readonly<Record<string, readonly FaultKindName[]>> = {
  seconds: ["stale"],
  message: ["associate-failed"],
  instanceType: ["insufficient-capacity"],
  zone: ["insufficient-capacity"],
};

const shape = z.strictObject({
  kind: z.enum(faultKindNames),
  /** `service:Action`, in which * stands for any characters: `ec2:Describe*`. */
  action: z.string().optional(),
  /** How many calls it hits at most. */
  times: z.int().min(1).optional(),
  /** For how many seconds it is in force. */
  for: z.number().positive().optional(),
  /** Hits each Nth of the calls only. */
  every: z.int().min(1).optional(),
  /** Whose calls. @default those of users; of everybody where the kind is about one action */
  from: z.enum(["user", "auto-scaling", "eks", "nodes", "anyone"]).optional(),
  /** How many seconds reads lag behind. @default 5 */
  seconds: z.number().positive().optional(),
  /** What the association says of its failure. */
  message: z.string().min(1).optional(),
  /** @default every type */
  instanceType: z.string().min(1).optional(),
  /** Such as us-west-2a. @default every zone */
  zone: z.string().min(1).optional(),
});

/** What people and tests may ask for; all that is wrong with it is told at once. */
export const faultRuleSchema = shape
  .superRefine((rule, context) => {
    const refuse = (path: string, message: string) => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    const { action: own }: FaultKind = faultKinds[rule.kind];
    if (rule.action !== undefined) {
      const problem = own === undefined ? problemOfAction(rule.action) : `${rule.kind} is about ${own} alone`;
      if (problem !== undefined) refuse("action", problem);
    }
    for (const [member, kinds] of Object.entries(OWN_MEMBERS)) {
      if (rule[member as keyof typeof rule] !== undefined && !kinds.includes(rule.kind)) {
        refuse(member, `is for ${kinds.join(", ")}, not for ${rule.kind}`);
      }
    }
  })
  .transform((rule) => {
    const { action: own }: FaultKind = faultKinds[rule.kind];
    return {
      ...rule,
      action: rule.action ?? own ?? "*:*",
      from: rule.from ?? (own === undefined ? "user" : "anyone"),
    } as const;
  });

/** A fault as it is asked for. */
export type FaultRuleInput = z.input<typeof shape>;
/** A fault with its defaults. */
export type FaultRule = z.output<typeof faultRuleSchema>;

function problemOfAction(action: string): string | undefined {
  const [, service = ""] = /^([a-z0-9*]+):[A-Za-z0-9*]+$/.exec(action) ?? [];
  if (service === "") {
    return `${JSON.stringify(action)} is no action: write service:Action, such as ec2:Describe*`;
  }
  if (service.includes("*") || SERVICES.includes(service)) return undefined;
  return `there is no service ${service}; there are ${SERVICES.join(", ")}`;
}
