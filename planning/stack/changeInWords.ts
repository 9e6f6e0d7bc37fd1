import type { ResourceChange } from "./resourceChange";
import { shortType } from "./shortType";

/** A change in a line: `create aws ec2 Subnet pods-us-west-2a`; `forgotten, stays: aws eks Addon pod-network`. */
export function changeInWords({
  operation,
  type,
  name,
  isForgotten = false,
}: Pick<ResourceChange, "operation" | "type" | "name" | "isForgotten">): string {
  if (isForgotten) return `forgotten, stays: ${shortType(type)} ${name}`;
  return `${operation} ${shortType(type)} ${name}`;
}
