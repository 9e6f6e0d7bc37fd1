import type { Diagnostic, StackResult } from "./pulumiEvents";

/** Pulumi could not do what it was asked for. */
export class PulumiError extends Error {
  override readonly name = "PulumiError";

  /**
   * @param what was asked, such as `pulumi up of stack prod`.
   * @param reason what Pulumi, a plugin or the program said.
   * @param fix what a person can do.
   * @param options.until what was seen of the stack until then, where it was an operation on one.
   * @param options.isOfSettings whether the components refuse the stack's settings, and nothing outside failed.
   */
  constructor(
    readonly what: string,
    readonly reason: string,
    readonly fix: string,
    options: ErrorOptions & { readonly until?: StackResult; readonly isOfSettings?: boolean } = {},
  ) {
    super(`${what} failed: ${reason}`, options);
    this.until = options.until;
    this.isOfSettings = options.isOfSettings ?? false;
  }

  /** Whether the components refuse the stack's settings, and nothing outside failed. */
  readonly isOfSettings: boolean;

  /** What an operation on a stack had said until it failed. */
  readonly until: StackResult | undefined;
}

/** A failure that is known by its words, and the way out of it. */
interface KnownFailure {
  readonly words: RegExp;
  readonly fix: string;
}

const KNOWN: readonly KnownFailure[] = [
  {
    words: /passphrase must be set|incorrect passphrase/i,
    fix: "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase of the stack.",
  },
  {
    words: /PULUMI_ACCESS_TOKEN must be set|not logged in/i,
    fix: "Set PULUMI_BACKEND_URL, such as s3://BUCKET, or log in with pulumi login.",
  },
  {
    words: /no resource plugin|could not load plugin|plugin .* not found/i,
    fix: "Install the plugins with pulumi install, or put them on PATH.",
  },
  {
    words: /already exists/i,
    fix: "It is there, and the stack does not know it: take it over with adopt in the stack's settings, or remove it where it came from.",
  },
  {
    words: /protect/i,
    fix: "What carries pods is protected; podnet rollback is the way back. A change that replaces it needs a new name beside the old one.",
  },
  {
    words: /Missing required configuration variable/i,
    fix: "Add it to the stack's Pulumi.STACK.yaml.",
  },
  {
    words:
      /No valid credential|UnrecognizedClient|InvalidClientToken|ExpiredToken|Request ?(has )?expired|security token.*(invalid|expired)/i,
    fix: "Give credentials of the account: AWS_PROFILE, or profile in the file of environments.",
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
    words: /ECONNREFUSED|connection refused|no such host|i\/o timeout/i,
    fix: "Check that the endpoint answers: AWS_ENDPOINT_URL and KUBECONFIG say which one is asked.",
  },
  {
    words: /pending operations/i,
    fix: "An earlier update was cut off in the middle of a change; pulumi refresh finds out what became of it.",
  },
];

/**
 * The error for a command of pulumi that failed.
 *
 * @param what was asked, such as `pulumi up of stack prod`.
 * @param stderr of the command.
 * @param until what was seen until then; its diagnostics of severity error say more than stderr does.
 */
export function pulumiError(
  what: string,
  { stderr, until }: { readonly stderr: string; readonly until?: StackResult },
  cause?: unknown,
): PulumiError {
  const errors = (until?.diagnostics ?? []).filter(({ severity }) => severity === "error");
  // That it failed is said of the stack as well, and nothing but that, where resources failed.
  const own = errors.filter(({ message }) => !/^(preview|update) failed$/.test(message));
  const said = (own.length > 0 ? own : errors).map(describeDiagnostic);
  const reason = said.length > 0 ? [...new Set(said)].join("\n") : lastWords(stderr);
  const known =
    KNOWN.find(({ words }) => words.test(reason)) ?? KNOWN.find(({ words }) => words.test(stderr));
  return new PulumiError(
    what,
    reason,
    known?.fix ?? "Correct what it names; the stack's settings are in its Pulumi.STACK.yaml.",
    {
      cause,
      isOfSettings: own.length > 0 && own.every(isOfSettings),
      ...(until !== undefined && { until }),
    },
  );
}

/**
 * The program says what it refuses of its configuration in words of its own, and components at themselves; what AWS or
 * Kubernetes refuse is said at a resource, or at the stack.
 */
function isOfSettings({ message, urn = "" }: Diagnostic): boolean {
  return (
    /^the configuration of stack \S+ can't be used:/.test(message) ||
    /(?:::|\$)eks-pod-network:index:\w+::[^:]*$/.test(urn)
  );
}

function describeDiagnostic({ message, urn }: Diagnostic): string {
  const name = urn?.split("::").at(-1);
  // Pulumi puts the stack itself in the place of no resource.
  return name === undefined || urn?.includes("pulumi:pulumi:Stack::") === true
    ? message
    : `${name}: ${message}`;
}

/** Of what a command wrote, the part behind the last `error:`. */
function lastWords(stderr: string): string {
  const text = stderr.trim();
  const at = text.lastIndexOf("error: ");
  return at >= 0 ? text.slice(at + "error: ".length).trim() : text || "it said nothing";
}
