import { isLoopback } from "../planning/loopback";

/** A failure of AWS that is known by its words, and the way out of it. */
interface KnownFailure {
  readonly words: RegExp;
  readonly fix: string;
}

/** In the words of the SDKs for JavaScript and for Go; the first that fits holds. */
const KNOWN: readonly KnownFailure[] = [
  {
    words: /RequestTimeTooSkewed|Signature (expired|not yet current)/i,
    fix: "Set the clock of this computer: AWS takes no request that is signed more than minutes before or after its own time.",
  },
  {
    words: /ExpiredToken|Request ?(has )?expired|security token.*expired|SSO session.*(expired|invalid)/i,
    fix: "The credentials have run out: sign in again with aws sso login (with --profile NAME where AWS_PROFILE or an environment's profile names one), or give new keys.",
  },
  {
    words:
      /UnrecognizedClient|InvalidClientToken|InvalidAccessKeyId|SignatureDoesNotMatch|AuthFailure|security token.*invalid/i,
    fix: "AWS does not take these credentials in this Region: aws configure list says where they come from (AWS_PROFILE, keys), aws sts get-caller-identity whose they are, and aws account get-region-opt-status --region-name REGION whether the account has the Region.",
  },
  {
    words:
      /Could not load credentials|No valid credential|failed to (retrieve|refresh cached) credentials|CredentialsProviderError/i,
    fix: "Give credentials of the account: AWS_PROFILE, or profile in the file of environments, after aws sso login or aws configure; or keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. aws sts get-caller-identity says whether there are any.",
  },
  {
    words: /RequestLimitExceeded|Throttling|Rate exceeded|TooManyRequests/i,
    fix: "AWS refuses calls of this account for a while, as there are too many; run it again when there are fewer.",
  },
  {
    words: /AccessDenied|UnauthorizedOperation|not authorized to perform/i,
    fix: "Give the credentials the IAM action that the message names.",
  },
  {
    words: /ENOTFOUND|EAI_AGAIN|no such host/i,
    fix: "This computer finds no address of that host: check the Region in its name (aws ec2 describe-regions lists them), AWS_ENDPOINT_URL, endpoint_url of the AWS profile, and DNS.",
  },
  {
    words: /ECONNREFUSED|connection refused|ECONNRESET|ETIMEDOUT|^TimeoutError|i\/o timeout/i,
    fix: "Check that this address answers; AWS_ENDPOINT_URL, or endpoint_url of the AWS profile, says which endpoint of AWS is asked, KUBECONFIG which cluster.",
  },
];

/**
 * The way out of a failure of AWS; none where it is not known by its words.
 *
 * @param words name and message of an error of an SDK, or what Pulumi passes on of one.
 * @param env variables of the shell, which may be a sandbox's.
 */
export function awsWayOut(
  words: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  if (isOfSandbox(words, env)) {
    return 'This shell speaks to a sandbox that is gone, or not up: podnet sandbox up, and then eval "$(podnet sandbox env)"; or take a shell without its variables.';
  }
  return KNOWN.find((failure) => failure.words.test(words))?.fix;
}

/** Whether a connection was refused where a sandbox was; it has keys of its own, which no other AWS has. */
function isOfSandbox(
  words: string,
  { AWS_ENDPOINT_URL = "", AWS_ACCESS_KEY_ID }: Readonly<Record<string, string | undefined>>,
): boolean {
  return (
    AWS_ACCESS_KEY_ID === "sandbox" &&
    isLoopback(AWS_ENDPOINT_URL) &&
    /ECONNREFUSED|connection refused/i.test(words) &&
    words.includes(new URL(AWS_ENDPOINT_URL).host)
  );
}

/** What to do about a failure that an SDK of AWS tells, known or not. */
export function fixForAws(error: unknown): string {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return (
    awsWayOut(words) ??
    "Check credentials (aws sts get-caller-identity), their permissions, Region and endpoint."
  );
}
