/**
 * Variables of a process that is to ask AWS as a profile: pulumi, or a program that makes tokens for a cluster. Keys of the
 * shell would beat AWS_PROFILE there, and it would work in their account; empty ones are none.
 *
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
 *
 * @param profile none changes nothing.
 */
export function profileVariables(profile: string | undefined): Record<string, string> {
  if (profile === undefined) return {};
  return {
    AWS_PROFILE: profile,
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_SESSION_TOKEN: "",
    AWS_WEB_IDENTITY_TOKEN_FILE: "",
  };
}
