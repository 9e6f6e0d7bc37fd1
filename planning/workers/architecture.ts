/** Processor architectures of nodes, as the names of EKS's image types have them. */
export type Architecture = "x86_64" | "ARM_64";

/**
 * The architecture of an instance type, told by its name: a `g` behind the generation is AWS Graviton, as in m7g or
 * c6gn, and so are a1 and the GB generations.
 *
 * Source: EC2 user guide, "Amazon EC2 instance type naming conventions".
 */
export function architectureOf(instanceType: string): Architecture {
  return /^(a1|[a-z]+\d+[a-fh-z]*g[a-z]*|[a-z\d]+-gb\d+)\./.test(instanceType) ? "ARM_64" : "x86_64";
}

/** The architecture of an image type of EKS, such as `AL2023_ARM_64_STANDARD`. */
export function architectureOfImage(amiType: string): Architecture {
  return amiType.includes("ARM_64") ? "ARM_64" : "x86_64";
}
