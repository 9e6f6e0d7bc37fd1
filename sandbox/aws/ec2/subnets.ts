import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import { child, items, parseXml, renderXml, textAt } from "../protocol/xml";
import type { Ec2Action } from "./ec2Call";

/** DeleteSubnet, of one in which no ENI lies; moto doesn't look. */
export const deleteSubnet: Ec2Action = (call, { inTurn, inventory, ledger }) =>
  inTurn(async () => {
    const subnetId = call.form.get("SubnetId") ?? "";
    const [dependent] = await inventory.networkInterfacesIn(subnetId);
    if (dependent !== undefined) {
      throw new AwsError(
        "DependencyViolation",
        `The subnet '${subnetId}' has dependencies and cannot be deleted. (${dependent.NetworkInterfaceId ?? ""})`,
      );
    }
    const answer = await call.forward();
    if (answer.status === 200) ledger.forget();
    return answer;
  });

/** DescribeSubnets, in which the addresses of prefixes are taken; moto knows of none. */
export const describeSubnets: Ec2Action = async (call, { prefixes }) => {
  const answer = await call.forward();
  if (answer.status !== 200) return answer;
  const described = parseXml(answer.body.toString());
  for (const subnet of items(described, "subnetSet")) {
    const free = child(subnet, "availableIpAddressCount");
    const inPrefixes = prefixes.addressesIn(textAt(subnet, "subnetId") ?? "").length;
    if (free !== undefined) free.text = String(Number(free.text) - inPrefixes);
  }
  return xmlAnswer(200, renderXml(described));
};
