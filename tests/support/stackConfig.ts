import * as pulumi from "@pulumi/pulumi";

/** Sets the configuration of the project, as pulumi hands it to a program: texts, JSON where they are more. */
export function configure(settings: Readonly<Record<string, unknown>>): void {
  const texts = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [
      key.includes(":") ? key : `eks-pod-network:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
}
