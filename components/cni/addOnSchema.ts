import { RunError } from "@pulumi/pulumi";
import { readAddOnSchema, type KnownVariables } from "../../planning/awsNode/addOnSchema";
import type { ForeignValue } from "../../planning/awsNode/foreignValues";
import { withoutTrace } from "../withoutTrace";

/**
 * Which variables the configuration of a version of the add-on takes. Needs eks:DescribeAddonConfiguration.
 *
 * No data source of Pulumi's AWS provider answers this, so EKS is asked by the AWS SDK: with the credentials and the
 * endpoint of the environment, which a provider of one's own may not have. That is why it is asked only where there are
 * values to fold, for their names alone, and never for anything that is changed.
 *
 * @param values those that are to be folded; without any, nobody is asked.
 * @throws RunError when it can't be read.
 */
export async function knownVariables(
  values: readonly ForeignValue[],
  addonVersion: string,
  region: string,
): Promise<KnownVariables> {
  if (values.length === 0) return () => false;
  // Loaded here, because most previews never need it.
  const { DescribeAddonConfigurationCommand, EKSClient } = await import("@aws-sdk/client-eks");
  const client = new EKSClient({ region });
  try {
    const { configurationSchema = "" } = await client.send(
      new DescribeAddonConfigurationCommand({ addonName: "vpc-cni", addonVersion }),
    );
    return readAddOnSchema(configurationSchema);
  } catch (error) {
    const names = values.map(({ name }) => name).join(", ");
    throw withoutTrace(
      new RunError(
        `the schema of the configuration of vpc-cni ${addonVersion} can't be read: ${String(error)}\n` +
          `It says which of ${names}, which others set on the DaemonSet aws-node, the add-on takes. Give the environment ` +
          "credentials with eks:DescribeAddonConfiguration, or give these variables in env and initEnv.",
      ),
    );
  } finally {
    client.destroy();
  }
}
