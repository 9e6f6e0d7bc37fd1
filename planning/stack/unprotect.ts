/** The command that lifts the protection of a resource: of its own stack, whichever is selected. */
export function unprotectCommand(urn: string): string {
  const [, , stack = ""] = urn.split(":");
  return `pulumi state unprotect --stack ${stack} '${urn}'`;
}

/** What Pulumi says, with the stack in each such command of it. */
export function withStackInUnprotect(text: string): string {
  return text.replace(/pulumi state unprotect '([^']+)'/g, (_, urn: string) => unprotectCommand(urn));
}
