import { checkCidrBlock, type CidrCheck, type CidrFinding } from "../../planning/cidrCheck";
import type { VpcAddressing } from "../../planning/vpcAddressing";
import { command, type Answer } from "../command";
import { vpcFlagOf, vpcFlags, vpcOf } from "../vpcFlags";

/** `podnet check-cidr CIDR` */
export const checkCidr = command({
  positional: { name: "CIDR", key: "cidr", help: "the block to check, such as 100.64.0.0/16", many: false },
  flags: vpcFlags,
  flagsFile: true,
  help: `Examples:
  podnet check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16
  podnet check-cidr 100.64.0.0/10 --vpc-cidr 10.0.0.0/16       # offers free /16 blocks of it
  podnet check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16 10.1.0.0/16 \\
    --route 0.0.0.0/0 --peer-cidr 10.9.0.0/16 --service-cidr 172.20.0.0/16 --json

Exit code 0 when the block may be added, 1 when not.`,
  flagOf: (path) => vpcFlagOf(path.replace(/^cidr$/, "CIDR")),

  run([cidr = ""], flags): Answer {
    const vpc = vpcOf(flags);
    const check = checkCidrBlock(cidr, vpc);
    return { json: check, text: describe(cidr, vpc, check), isNo: !check.ok };
  },
});

function describe(
  cidr: string,
  vpc: VpcAddressing,
  { ok, problems, warnings, proposals }: CidrCheck,
): string {
  const whom = `a VPC with ${vpc.cidrBlocks.join(", ")}`;
  const lines = [ok ? `${cidr} may be added to ${whom}.` : `${cidr} can't be added to ${whom}.`];
  const width = Math.max(0, ...[...problems, ...warnings].map(({ rule }) => rule.length)) + 2;
  for (const [severity, findings] of [
    ["STOP", problems],
    ["warn", warnings],
  ] as const) {
    for (const finding of findings) lines.push("", ...linesOf(severity, finding, width));
  }
  if (proposals.length > 0) lines.push("", `Free: ${proposals.join(", ")}`);
  return lines.join("\n");
}

function linesOf(severity: string, { rule, reason, fix }: CidrFinding, width: number): string[] {
  return [`  ${severity}  ${rule.padEnd(width)}${reason}`, `        ${" ".repeat(width)}-> ${fix}`];
}
