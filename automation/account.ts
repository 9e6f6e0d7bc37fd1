import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import type { Environment } from "./environments";

/** The credentials are of another account than the environment. */
export class WrongAccountError extends Error {
  override readonly name = "WrongAccountError";

  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

/**
 * Makes sure that the credentials are of the account of an environment: before anything is changed, and before what is
 * seen is taken for the environment's. An environment that names no account takes any, and nothing is asked.
 *
 * Needs sts:GetCallerIdentity, which no policy can deny:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 *
 * @throws WrongAccountError; what STS answers.
 */
export async function checkAccount(
  { name, account, profile }: Pick<Environment, "name" | "account" | "profile">,
  { sts, signal }: { readonly sts: STSClient; readonly signal: AbortSignal },
): Promise<void> {
  if (account === undefined) return;
  const caller = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
  if (caller.Account === account) return;
  const whose =
    profile === undefined ? "the credentials of this shell" : `the credentials of profile ${profile}`;
  throw new WrongAccountError(
    `${whose} are of account ${caller.Account ?? "unknown"} (${caller.Arn ?? "no ARN"}); ${name} is in ${account}`,
    "Give credentials of that account: AWS_PROFILE, or profile in the file of environments; or correct account there.",
  );
}
