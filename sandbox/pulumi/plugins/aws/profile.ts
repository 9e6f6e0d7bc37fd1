import { loadSharedConfigFiles } from "@smithy/core/config";
import type { Properties } from "../protocol/values";

/** The settings of a profile of AWS, by their names in its files: `endpoint_url`, `aws_access_key_id`. */
export type ProfileSettings = Readonly<Record<string, string | undefined>>;

/**
 * Reads the profile that the provider is to take; nothing where there is none.
 *
 * @param inputs of the provider, normalized.
 */
export async function profileOf(inputs: Properties, env: NodeJS.ProcessEnv): Promise<ProfileSettings> {
  const named = [inputs["profile"], env["AWS_PROFILE"], env["AWS_DEFAULT_PROFILE"]];
  const name = named.find((one) => typeof one === "string" && one !== "");
  const profile = typeof name === "string" ? name : "default";
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  return { ...credentialsFile[profile], ...configFile[profile] };
}
