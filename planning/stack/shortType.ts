/** A type of Pulumi's as people know it: `aws ec2 Subnet` for `aws:ec2/subnet:Subnet`. */
export function shortType(type: string): string {
  const [provider = "", module = "", kind = ""] = type.split(":");
  return [provider, module.split("/")[0] ?? "", kind]
    .filter((part) => part !== "" && part !== "index")
    .join(" ");
}
