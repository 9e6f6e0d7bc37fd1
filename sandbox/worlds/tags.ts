import type { ResourceType } from "@aws-sdk/client-ec2";

/** Gives what EC2 makes a Name tag. */
export function named(resourceType: ResourceType, name: string) {
  return { TagSpecifications: [{ ResourceType: resourceType, Tags: [{ Key: "Name", Value: name }] }] };
}
