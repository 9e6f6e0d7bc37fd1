import {
  CreateTagsCommand,
  DeleteTagsCommand,
  type ResourceType,
  type Tag,
  type TagSpecification,
} from "@aws-sdk/client-ec2";
import { TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-eks";
import { UNKNOWN } from "../../engine/propertyValues";
import { isObject, type Properties, type Value } from "../protocol/values";
import type { Schema } from "../schema/property";
import type { Aws } from "./aws";
import { text } from "./resourceKind";

export type Tags = Readonly<Record<string, string>>;

/**
 * The two properties that every resource with tags has: its own, and all of them with the provider's default ones.
 * `tagsAll` is no argument of the SDK, but filled in by check: an update of default tags has to be seen.
 */
export const tagsSchema = {
  tags: { type: "map" },
  tagsAll: { type: "map", computed: true },
} as const satisfies Schema;

/** Inputs with `tagsAll` as the default tags of the provider make it. */
export function withAllTags(inputs: Properties, defaultTags: Tags): Properties {
  const own = inputs["tags"];
  if (own === UNKNOWN) return { ...inputs, tagsAll: UNKNOWN };
  return { ...inputs, tagsAll: { ...defaultTags, ...(isObject(own) ? own : {}) } };
}

/** Tags of properties; none when there are none. */
export function tagsIn(value: Value | undefined): Tags {
  return isObject(value) ? (value as Tags) : {};
}

/** `tags` and `tagsAll` of what AWS tells. */
export function tagsState(live: Tags, aws: Aws): { tags: Properties; tagsAll: Properties } {
  const tags: Properties = {};
  const tagsAll: Properties = {};
  for (const [key, value] of Object.entries(live)) {
    // AWS's own tags can't be set, so that no program has them.
    if (key.startsWith("aws:")) continue;
    tagsAll[key] = value;
    if (aws.defaultTags[key] !== value) tags[key] = value;
  }
  return { tags, tagsAll };
}

/** EC2's form of tags. */
export function tagList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** What makes something of EC2 with all its tags; EC2 refuses an empty list of them. */
export function tagSpecifications(
  inputs: Properties,
  resourceType: ResourceType,
): { TagSpecifications?: TagSpecification[] } {
  const tags = tagsIn(inputs["tagsAll"]);
  if (Object.keys(tags).length === 0) return {};
  return { TagSpecifications: [{ ResourceType: resourceType, Tags: tagList(tags) }] };
}

export function tagsOfList(list: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}

/** What has to be set and removed to make one set of tags of another. */
export function tagChanges(was: Tags, is: Tags): { set: Tags; remove: string[] } {
  return {
    set: Object.fromEntries(Object.entries(is).filter(([key, value]) => was[key] !== value)),
    remove: Object.keys(was).filter((key) => !(key in is)),
  };
}

/** Brings the tags of something of EC2 from one state to the other. */
export async function updateEc2Tags(aws: Aws, id: string, was: Properties, is: Properties): Promise<void> {
  const { set, remove } = tagChanges(tagsIn(was["tagsAll"]), tagsIn(is["tagsAll"]));
  if (remove.length > 0) {
    await aws.ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: remove.map((Key) => ({ Key })) }));
  }
  if (Object.keys(set).length > 0) {
    await aws.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(set) }));
  }
}

/** Brings the tags of something of EKS from one state to the other. */
export async function updateEksTags(aws: Aws, was: Properties, is: Properties): Promise<void> {
  const resourceArn = text(was, "arn");
  const { set, remove } = tagChanges(tagsIn(was["tagsAll"]), tagsIn(is["tagsAll"]));
  if (remove.length > 0) await aws.eks.send(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
  if (Object.keys(set).length > 0) await aws.eks.send(new TagResourceCommand({ resourceArn, tags: set }));
}
