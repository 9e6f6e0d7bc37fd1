/** What an error has in common with the next one of its cause: EC2's messages name the ENI, a new one each time. */
export function sameEachTime(error: unknown): string {
  return error instanceof Error && error.name !== "Error" ? error.name : messageOf(error);
}

/** An error in one line, with EC2's code where it has one. */
export function messageOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name === "Error" ? "" : `${error.name}: `}${error.message}`
    : String(error);
}
