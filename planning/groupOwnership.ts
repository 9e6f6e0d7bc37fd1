/** A tag by which a group says whose it is. */
interface OwnerMark {
  /** The tag, or how it begins where the tool puts names into it. */
  readonly key: RegExp;
  /** @default any value */
  readonly value?: RegExp;
  /** Its owner as messages name it. */
  readonly owner: (value: string) => string;
}

/** In this order: eksctl works by CloudFormation, so its own tag tells more. */
const OWNER_MARKS: readonly OwnerMark[] = [
  { key: /^alpha\.eksctl\.io\/nodegroup-name$/, owner: (name) => `the eksctl node group ${name}` },
  { key: /^aws:cloudformation:stack-name$/, owner: (name) => `the CloudFormation stack ${name}` },
  { key: /^pulumi:stack$/, owner: (name) => `the Pulumi stack ${name}` },
  { key: /^sigs\.k8s\.io\/cluster-api-provider-aws\//, owner: () => "Cluster API" },
  // Customs, not rules: these tools mark nothing by themselves.
  { key: /^terraform[-_]?(workspace|state|module|project|stack)?$/i, owner: () => "Terraform" },
  { key: /^managed[-_]?by$/i, value: /terraform|opentofu/i, owner: () => "Terraform" },
  { key: /^managed[-_]?by$/i, value: /pulumi/i, owner: () => "Pulumi" },
];

/** By which tag a group belongs to a tool. */
export interface GroupOwnership {
  /** As `key=value`. */
  readonly tag: string;
  /** The tool, and what of it, as messages name it. */
  readonly owner: string;
}

/** The tool that made a group, by its tags; none where they tell of none. */
export function groupOwnership(
  tagSets: readonly Readonly<Record<string, string>>[],
): GroupOwnership | undefined {
  const tags = tagSets.flatMap((set) => Object.entries(set));
  const [mark] = OWNER_MARKS.flatMap(({ key: name, value: wanted = /^/, owner }) =>
    tags
      .filter(([key, value]) => name.test(key) && wanted.test(value))
      .map(([key, value]) => ({ tag: `${key}=${value}`, owner: owner(value) })),
  );
  return mark;
}
