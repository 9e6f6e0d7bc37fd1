import * as pulumi from "@pulumi/pulumi";

/**
 * The value of an input, as soon as it is known: at once where it is given as it is, after the resource that it comes
 * from otherwise. Undefined in a preview that can't know it.
 */
export async function knownValue<T>(input: pulumi.Input<T>): Promise<pulumi.Unwrap<T> | undefined> {
  // Pulumi's own way to ask; its types leave it out.
  const output = pulumi.output(input) as unknown as {
    promise: () => Promise<pulumi.Unwrap<T>>;
    isKnown: Promise<boolean>;
  };
  const value = await output.promise();
  return (await output.isKnown) ? value : undefined;
}
