/** What happens, or would happen, to one resource of a stack. */
export interface ResourceChange {
  /** In Pulumi's words: create, update, replace, delete, import … */
  readonly operation: string;
  readonly urn: string;
  /** Such as `aws:ec2/subnet:Subnet`. */
  readonly type: string;
  /** The name in the program, such as `pods-us-west-2a`. */
  readonly name: string;
  /** Paths of the properties that differ; none for a resource that comes or goes. */
  readonly changedProperties: readonly string[];
  /**
   * Its inputs before, as plain JSON; absent where it comes. A secret is `[secret]`. Of what is taken over, as it was
   * found.
   */
  readonly before?: Readonly<Record<string, unknown>>;
  /** Its inputs after; absent where it goes. What only the update brings is `[unknown]`. */
  readonly after?: Readonly<Record<string, unknown>>;
  /** Whether Pulumi refuses to delete or to replace it. @default false */
  readonly isProtected?: boolean;
  /** Whether the stack only forgets it, and it stays as it is. @default false */
  readonly isForgotten?: boolean;
  /** Whether it is nothing outside of Pulumi: a component, a provider, the stack itself. */
  readonly isBookkeeping: boolean;
}
