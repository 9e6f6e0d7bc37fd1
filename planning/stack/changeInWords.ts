import type { ResourceChange } from "./resourceChange";
import { shortType } from "./shortType";

/** A change in a line: `create aws ec2 Subnet pods-us-west-2a`. */
export function changeInWords({
  operation,
  type,
  name,
}: Pick<ResourceChange, "operation" | "type" | "name">): string {
  return `${operation} ${shortType(type)} ${name}`;
}
