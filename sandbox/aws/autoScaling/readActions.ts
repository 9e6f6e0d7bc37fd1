import { listOf, numberOf, structuresOf, type QueryForm } from "../protocol/queryForm";
import type { XmlValue } from "../protocol/xml";
import { describeActivity, describeGroup, describeInstance, describeTags } from "./groupDescription";
import type { GroupRegistry } from "./groupRegistry";
import type { ScalingGroup } from "./scalingGroup";

/** Answers an action with its result; undefined where it has none. */
export type AutoScalingAction = (form: QueryForm) => XmlValue | Promise<XmlValue>;

/** The actions that only look. */
export function readActions({ groups, groupOf }: GroupRegistry): Readonly<Record<string, AutoScalingAction>> {
  return {
    DescribeAutoScalingGroups: (form) => {
      const names = listOf(form, "AutoScalingGroupNames.member");
      const found = [...groups.values()].filter(
        (group) => (names.length === 0 || names.includes(group.name)) && matches(group, form),
      );
      return page("AutoScalingGroups", found.map(describeGroup), form, 50);
    },
    DescribeAutoScalingInstances: (form) => {
      const ids = listOf(form, "InstanceIds.member");
      const found = [...groups.values()].flatMap((group) =>
        group.instances
          .filter(({ instanceId }) => ids.length === 0 || ids.includes(instanceId))
          .map((instance) => ({
            ...describeInstance(instance),
            AutoScalingGroupName: group.name,
            HealthStatus: "HEALTHY",
          })),
      );
      return page("AutoScalingInstances", found, form, 50);
    },
    DescribeScalingActivities: (form) => {
      const asked = form.has("AutoScalingGroupName") ? [groupOf(form)] : [...groups.values()];
      const found = asked.flatMap((group) => group.activities.map((one) => describeActivity(group, one)));
      return page("Activities", found, form, 100);
    },
    DescribeTags: (form) => {
      const found = [...groups.values()].filter((group) => matches(group, form)).flatMap(describeTags);
      return page("Tags", found, form, 50);
    },
    // What a group here never has.
    DescribeInstanceRefreshes: (form) => page("InstanceRefreshes", [], form, 50),
    DescribePolicies: (form) => page("ScalingPolicies", [], form, 50),
  };
}

/** Whether a group is as the filters ask: every filter, any of its values. */
function matches(group: ScalingGroup, form: QueryForm): boolean {
  return structuresOf(form, "Filters.member").every((filter) => {
    const name = filter.get("Name") ?? "";
    const values = listOf(filter, "Values.member");
    if (name === "auto-scaling-group") return values.includes(group.name);
    return group.tags.some(({ key, value }) => {
      if (name === "tag-key" || name === "key") return values.includes(key);
      if (name === "tag-value" || name === "value") return values.includes(value);
      return name === `tag:${key}` && values.includes(value);
    });
  });
}

/** One page of a list; the token is where the next one starts. */
function page(name: string, all: readonly XmlValue[], form: QueryForm, size: number): XmlValue {
  const start = numberOf(form, "NextToken") ?? 0;
  const end = start + Math.min(numberOf(form, "MaxRecords") ?? size, 100);
  return { [name]: all.slice(start, end), NextToken: end < all.length ? String(end) : undefined };
}
