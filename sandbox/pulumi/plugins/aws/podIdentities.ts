import {
  DescribePodIdentityAssociationCommand,
  type Addon,
  type AddonPodIdentityAssociations,
} from "@aws-sdk/client-eks";
import { isObject, type Properties } from "../protocol/values";
import type { Aws } from "./aws";
import { says } from "./awsError";
import { optionalText } from "./resourceKind";

/** EKS's form of the `podIdentityAssociations` of an add-on. */
export function podIdentitiesOf(properties: Properties): AddonPodIdentityAssociations[] {
  const given = properties["podIdentityAssociations"];
  return (Array.isArray(given) ? given.filter(isObject) : []).map((one) => ({
    roleArn: optionalText(one, "roleArn") ?? "",
    serviceAccount: optionalText(one, "serviceAccount") ?? "",
  }));
}

/** Whether two lists say different things; their order means nothing. */
export function podIdentitiesChanged(
  was: readonly AddonPodIdentityAssociations[],
  is: readonly AddonPodIdentityAssociations[],
): boolean {
  const asText = (list: typeof was) =>
    list
      .map(({ roleArn, serviceAccount }) => `${serviceAccount ?? ""} ${roleArn ?? ""}`)
      .sort()
      .join();
  return asText(was) !== asText(is);
}

/** What the associations say, of which an add-on's description has the ARNs only. */
export async function podIdentitiesTold(addOn: Addon, aws: Aws): Promise<Properties[]> {
  const told: Properties[] = [];
  for (const arn of addOn.podIdentityAssociations ?? []) {
    const associationId = arn.slice(arn.lastIndexOf("/") + 1);
    const { association } = await says(`reading EKS Pod Identity Association (${associationId})`, () =>
      aws.eks.send(
        new DescribePodIdentityAssociationCommand({ clusterName: addOn.clusterName, associationId }),
      ),
    );
    told.push({
      roleArn: association?.roleArn ?? "",
      serviceAccount: association?.serviceAccount ?? "",
    });
  }
  return told;
}
