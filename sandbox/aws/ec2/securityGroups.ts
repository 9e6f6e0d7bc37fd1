import { AwsError } from "../protocol/awsError";
import type { QuotaLedger } from "../serviceQuotas/quotaLedger";
import { GROUPS_PER_INTERFACE } from "../serviceQuotas/quotas";
import type { Ec2Action } from "./ec2Call";
import type { Inventory } from "./inventory";

/**
 * Checks the security groups that an ENI is to have; moto makes up those that it doesn't know.
 *
 * @throws AwsError InvalidGroup.NotFound, InvalidParameterValue for a group of another VPC,
 *   SecurityGroupsPerInterfaceLimitExceeded.
 */
export async function checkSecurityGroups(
  ids: readonly string[],
  vpcId: string,
  { inventory, quotas }: { readonly inventory: Inventory; readonly quotas: Pick<QuotaLedger, "valueOf"> },
): Promise<void> {
  if (ids.length === 0) return;
  const limit = quotas.valueOf(GROUPS_PER_INTERFACE);
  if (ids.length > limit) {
    throw new AwsError(
      "SecurityGroupsPerInterfaceLimitExceeded",
      `The maximum number of security groups per interface has been reached. (${ids.length} asked for, ` +
        `${limit} allowed)`,
    );
  }
  const present = await inventory.securityGroups();
  for (const id of ids) {
    const group = present.find(({ GroupId }) => GroupId === id);
    if (group === undefined) {
      throw new AwsError("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
    }
    if (group.VpcId !== vpcId) {
      throw new AwsError(
        "InvalidParameterValue",
        `You have specified two resources that belong to different networks. (${id} is of ` +
          `${group.VpcId ?? "no VPC"}, the interface of ${vpcId})`,
      );
    }
  }
}

/** DeleteSecurityGroup, of one that no ENI has and no rule of another group names; moto doesn't look. */
export const deleteSecurityGroup: Ec2Action = (call, { inTurn, inventory }) =>
  inTurn(async () => {
    const groups = await inventory.securityGroups();
    const [id, name] = [call.form.get("GroupId"), call.form.get("GroupName")];
    const group = groups.find((one) => (id === undefined ? one.GroupName === name : one.GroupId === id));
    const groupId = group?.GroupId;
    if (groupId === undefined) return call.forward();
    const [networkInterface] = await inventory.networkInterfacesUnder(groupId);
    const naming = groups.find(
      ({ GroupId, IpPermissions = [], IpPermissionsEgress = [] }) =>
        GroupId !== groupId &&
        [...IpPermissions, ...IpPermissionsEgress].some(({ UserIdGroupPairs = [] }) =>
          UserIdGroupPairs.some((pair) => pair.GroupId === groupId),
        ),
    );
    const dependent = networkInterface?.NetworkInterfaceId ?? naming?.GroupId;
    if (dependent !== undefined) {
      throw new AwsError("DependencyViolation", `resource ${groupId} has a dependent object (${dependent})`);
    }
    return call.forward();
  });
