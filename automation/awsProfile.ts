import { loadSharedConfigFiles } from "@smithy/core/config";

/** There is no such AWS profile on this computer. */
export class NoProfileError extends Error {
  override readonly name = "NoProfileError";
  /** Another is named than this computer has, and nothing outside failed. */
  readonly isOfSettings = true;

  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

/** Sections of the files that are no profiles, as the SDK names them. */
const OTHER_SECTIONS = /^(sso-session|services)\./;

/**
 * Makes sure that a profile is there: the SDK would look for credentials elsewhere, such as in the role of the instance, or
 * say that there are none at all.
 *
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
 *
 * @param profile that AWS is asked as. @default AWS_PROFILE; where that is not set either, nothing is looked for
 * @throws NoProfileError
 */
export async function checkProfile(profile = process.env.AWS_PROFILE ?? ""): Promise<void> {
  if (profile === "") return;
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])]
    .filter((name) => !OTHER_SECTIONS.test(name))
    .sort();
  if (names.includes(profile)) return;
  const { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials } = process.env;
  const other =
    names.length === 0
      ? "No profile is set up yet: make it by"
      : `There are ${names.join(", ")}: give one of them as profile in the file of environments, --profile or AWS_PROFILE. Or make it:`;
  throw new NoProfileError(
    `there is no AWS profile ${profile} in ${config ?? "~/.aws/config"} or ${credentials ?? "~/.aws/credentials"}`,
    `${other} aws configure sso --profile ${profile}`,
  );
}
