import { ENI_CONFIG_LABEL } from "../awsNode/eniConfigKeys";
import { isLabelForKubelet, isLabelKey, isLabelValue } from "../kubernetesNames";
import { eniConfigName } from "../podNetwork/eniConfigPlan";
import { shown, type Problem } from "../problem";

/**
 * The labels of a group's nodes in one zone.
 *
 * @param eniConfig the named group whose ENIConfigs the nodes take; undefined where they take those of their zones.
 */
export function zonalLabels(
  labels: Readonly<Record<string, string>>,
  eniConfig: string | undefined,
  availabilityZone: string,
): Record<string, string> {
  return {
    ...labels,
    ...(eniConfig !== undefined && {
      [ENI_CONFIG_LABEL]: eniConfigName({ availabilityZone, group: eniConfig }),
    }),
  };
}

/** What is wrong with the labels that are given, and with the group of ENIConfigs that they would contradict. */
export function labelProblems(
  labels: Readonly<Record<string, string>>,
  eniConfig: string | undefined,
  zones: readonly string[],
): Problem[] {
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(labels)) {
    const path = `labels[${shown(key)}]`;
    if (!isLabelKey(key)) {
      problems.push({
        path,
        reason: `${shown(key)} is not the key of a label.`,
        fix: "Write a name of letters, digits, -, _ and ., perhaps behind a domain and a slash: example.com/team.",
      });
    } else if (!isLabelForKubelet(key)) {
      problems.push({
        path,
        reason: "kubelet refuses to start with this label: it belongs to Kubernetes itself.",
        fix: "Choose a key of a domain of your own, or set it on the node once it has joined.",
      });
    }
    if (!isLabelValue(value)) {
      problems.push({
        path,
        reason: `${shown(value)} is not the value of a label.`,
        fix: "Write letters, digits, -, _ and ., at most 63, or nothing.",
      });
    }
  }
  return [...problems, ...eniConfigProblems(labels, eniConfig, zones)];
}

function eniConfigProblems(
  labels: Readonly<Record<string, string>>,
  eniConfig: string | undefined,
  zones: readonly string[],
): Problem[] {
  if (eniConfig === undefined) return [];
  const names = zones.map((availabilityZone) => eniConfigName({ availabilityZone, group: eniConfig }));
  if (!names.every((name) => isLabelValue(name) && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))) {
    return [
      {
        path: "eniConfig",
        reason: `${shown(eniConfig)} with a zone behind it is not the name of an ENIConfig that a label can hold.`,
        fix: "Give a name of small letters, digits and -, short enough for 63 characters with the zone.",
      },
    ];
  }
  const given = labels[ENI_CONFIG_LABEL];
  if (given === undefined || names.every((name) => name === given)) return [];
  return [
    {
      path: `labels[${shown(ENI_CONFIG_LABEL)}]`,
      reason: `${shown(given)} contradicts eniConfig ${shown(eniConfig)}, which sets this label to ${names.join(", ")}.`,
      fix: "Leave out the label, or eniConfig.",
    },
  ];
}
