import { isObject } from "../isObject";
import type { ResourceChange } from "../stack/resourceChange";
import type { Concern } from "./concern";

const ENI_CONFIG = /^kubernetes:crd\.k8s\.amazonaws\.com\/v1alpha1:ENIConfig$/;

/**
 * ENIConfigs that stay and name another subnet, or other security groups.
 *
 * No danger to what runs: the CNI reads them when it attaches a network interface, and those that are attached stay as
 * they are (aws/amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go). But nodes have interfaces of both kinds from then on, and a pod
 * gets either.
 */
export function eniConfigChanges(changes: readonly ResourceChange[]): Concern[] {
  return changes.flatMap(({ type, operation, name, before, after }) => {
    // What is taken over has been in use before.
    if (!ENI_CONFIG.test(type) || (operation !== "update" && operation !== "import")) return [];
    const was = specOf(before);
    const is = specOf(after);
    const evidence = [
      ...changed("subnet", was.subnet, is.subnet),
      ...changed("security groups", was.securityGroups, is.securityGroups),
    ];
    if (evidence.length === 0) return [];
    return [
      {
        line: `changes what the ENIConfig ${name} gives to pods`,
        evidence: [
          ...evidence,
          "Interfaces that are attached stay as they are: until they are replaced, nodes have both kinds, and a pod gets either.",
        ],
        wayOut: "Replace the nodes that ask for it afterwards.",
      },
    ];
  });
}

function changed(what: string, before: unknown, after: unknown): string[] {
  const [was, is] = [shown(before), shown(after)];
  return was === is ? [] : [`Its ${what}: ${was} before, ${is} then.`];
}

function specOf(inputs: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return isObject(inputs.spec) ? inputs.spec : {};
}

function shown(value: unknown): string {
  if (value === undefined) return "those of the node";
  if (value === "[unknown]") return "what this update makes";
  return Array.isArray(value) ? value.map(shown).join(", ") : typeof value === "string" ? value : "(unknown)";
}
