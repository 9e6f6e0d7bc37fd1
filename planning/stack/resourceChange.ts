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
  /** Whether it is nothing outside of Pulumi: a component, a provider, the stack itself. */
  readonly isBookkeeping: boolean;
}
