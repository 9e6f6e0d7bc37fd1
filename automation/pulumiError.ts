import { awsWayOut } from "./awsWayOut";
import { withStackInUnprotect } from "../planning/stack/unprotect";
import { withoutUrlCredentials } from "../planning/urlCredentials";
import type { Diagnostic, StackResult } from "./pulumiEvents";

/** Pulumi could not do what it was asked for. */
export class PulumiError extends Error {
  override readonly name = "PulumiError";

  /**
   * @param what was asked, such as `pulumi up of stack prod`.
   * @param reason what Pulumi, a plugin or the program said.
   * @param fix what a person can do.
   * @param options.until what was seen of the stack until then, where it was an operation on one.
   * @param options.isOfSettings whether the stack's settings can't be used, and nothing outside failed.
   */
  constructor(
    readonly what: string,
    reason: string,
    readonly fix: string,
    options: ErrorOptions & { readonly until?: StackResult; readonly isOfSettings?: boolean } = {},
  ) {
    super(`${what} failed: ${withoutUrlCredentials(reason)}`, options);
    this.reason = withoutUrlCredentials(reason);
    this.until = options.until;
    this.isOfSettings = options.isOfSettings ?? false;
  }

  /** What Pulumi, a plugin or the program said, without passwords of URLs. */
  readonly reason: string;

  /** Whether the stack's settings can't be used, as its file or the components say, and nothing outside failed. */
  readonly isOfSettings: boolean;

  /** What an operation on a stack had said until it failed. */
  readonly until: StackResult | undefined;
}

/** A failure that is known by its words, and the way out of it. */
interface KnownFailure {
  readonly words: RegExp;
  readonly fix: string;
}

/** A value on the live DaemonSet, which no setting of the stack can mend. */
const OF_THE_CLUSTER = /\bdaemonset\/aws-node\.[\w-]+\.\w+: /;

const KNOWN: readonly KnownFailure[] = [
  {
    words: /^pulumi was ended by SIG/,
    fix: "Something ended pulumi and not podnet, such as kill, or this computer when it ran out of memory; run it again.",
  },
  {
    words: OF_THE_CLUSTER,
    fix: "Find out who set that on aws-node, and run the command that takes it back; the stack's settings are not at fault.",
  },
  {
    words: /passphrase must be set|incorrect passphrase/i,
    fix: "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase of the stack.",
  },
  {
    words: /PULUMI_ACCESS_TOKEN must be set|not logged in/i,
    fix: "Set PULUMI_BACKEND_URL, such as s3://BUCKET, or log in with pulumi login.",
  },
  {
    words: /no resource plugin|could not load plugin|plugin .{0,200} not found/i,
    fix: "Install the plugins with pulumi install, or put them on PATH.",
  },
  {
    words: /already exists/i,
    fix: "It is there, and the stack does not know it: take it over with adopt in the stack's settings, or remove it where it came from.",
  },
  {
    words: /protect/i,
    fix: "What carries pods is protected. Keep it in the stack's settings; where it is to go all the same, move its pods elsewhere first and lift its protection (pulumi state unprotect --stack STACK URN); podnet rollback takes the whole pod network back. A change that replaces it needs a new name beside the old one.",
  },
  {
    words: /Missing required configuration variable/i,
    fix: "Add it to the stack's Pulumi.STACK.yaml.",
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
  const reason = withStackInUnprotect(said.length > 0 ? [...new Set(said)].join("\n") : lastWords(stderr));
  return new PulumiError(
    what,
    reason,
    wayOutOf(reason) ??
      wayOutOf(stderr) ??
      "Correct what it names; the stack's settings are in its Pulumi.STACK.yaml.",
    {
      cause,
      isOfSettings: own.length > 0 && own.every(isOfSettings),
      ...(until !== undefined && { until }),
    },
  );
}

function wayOutOf(said: string): string | undefined {
  return KNOWN.find(({ words }) => words.test(said))?.fix ?? awsWayOut(said);
}

/**
 * The program says what it refuses of its configuration in words of its own, and components at themselves; what AWS or
 * Kubernetes refuse is said at a resource, or at the stack.
 */
function isOfSettings({ message, urn = "" }: Diagnostic): boolean {
  if (OF_THE_CLUSTER.test(message)) return false;
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

/** How many lines of what a command wrote are told, and how many characters of them. */
const TOLD = { lines: 20, characters: 4_000 };

/** Of what a command wrote, the part behind the last `error:`; of a long one its beginning. */
function lastWords(stderr: string): string {
  const text = stderr.trim();
  const at = text.lastIndexOf("error: ");
  const words = at >= 0 ? text.slice(at + "error: ".length).trim() : text || "it said nothing";
  const told = words.split("\n").slice(0, TOLD.lines).join("\n").slice(0, TOLD.characters);
  return told === words ? words : `${told}\n(and more; pulumi itself says all of it)`;
}
