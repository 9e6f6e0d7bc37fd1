/** How AWS refused to terminate an instance. */
export interface TerminationError {
  /** As the SDK names it. */
  readonly name: string;
  readonly message: string;
}

/** Why AWS does not terminate an instance. */
export interface TerminationRefusal {
  /** What it said, as a whole sentence. */
  readonly reason: string;
  /** What to do about it. */
  readonly wayOut: string;
  /** Whether AWS will most likely refuse the next one as well: then nothing further is to be drained for it. */
  readonly isOfOthersToo: boolean;
}

interface KnownRefusal {
  readonly names: RegExp;
  readonly words?: RegExp;
  /** @default of this instance alone */
  readonly isOfOthersToo?: boolean;
  /** @param instanceId of the instance. */
  readonly wayOut: (instanceId: string) => string;
}

/** The first that fits holds. */
const KNOWN: readonly KnownRefusal[] = [
  {
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
    names: /^OperationNotPermitted/,
    wayOut: (id) =>
      `Switch its protection off (aws ec2 modify-instance-attribute --instance-id ${id} --no-disable-api-termination), then run the rotation again.`,
  },
  {
    names: /^(AccessDenied|UnauthorizedOperation)/,
    isOfOthersToo: true,
    wayOut: () =>
      "Allow it where the message says that it is denied (the role's policies, its permissions boundary, a service control policy), then run the rotation again.",
  },
  {
    names: /^ValidationError/,
    words: /equals minSize|min size constraint/,
    isOfOthersToo: true,
    wayOut: () =>
      "Somebody has raised its group's minimum while it was rotated. Run the rotation again, which lowers it until it has ended.",
  },
  {
    names: /^(ScalingActivityInProgress|ResourceContention)/,
    wayOut: () => "Its group is busy with another change. Run the rotation again when that has ended.",
  },
  {
    names: /^(ValidationError|IncorrectInstanceState|IncorrectState)/,
    wayOut: (id) =>
      `Look at it (aws autoscaling describe-auto-scaling-instances --instance-ids ${id}), then run the rotation again.`,
  },
];

/** What EC2 puts behind a denial, for those who may decode it: longer than everything else that is said. */
const ENCODED = /Encoded authorization failure message: \S+/;

/**
 * Why AWS does not terminate an instance that is as it was before, with the way out of it.
 *
 * @returns none where it says nothing of the instance: then something else is wrong.
 */
export function terminationRefusal(
  instanceId: string,
  error: TerminationError,
): TerminationRefusal | undefined {
  const known = KNOWN.find(
    ({ names, words }) => names.test(error.name) && (words === undefined || words.test(error.message)),
  );
  if (known === undefined) return undefined;
  const said = error.message.replace(ENCODED, "").trim();
  return {
    reason: `AWS refuses to terminate ${instanceId}: ${said.replace(/\.$/, "")}.`,
    wayOut: known.wayOut(instanceId),
    isOfOthersToo: known.isOfOthersToo ?? false,
  };
}

/** Whether Auto Scaling only is busy with something else of the group, which passes within seconds. */
export function isBusy({ name }: TerminationError): boolean {
  return /^(ScalingActivityInProgress|ResourceContention)/.test(name);
}
