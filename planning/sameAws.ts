import { isLoopback } from "./loopback";

/**
 * Environments whose networks may be connected with that of one of them.
 *
 * An AWS on this computer, such as a sandbox's, is connected with no other, and AWS_ENDPOINT_URL leads there whatever
 * profile is asked with: of an environment of another profile, which is in another AWS, nothing can be learned there.
 *
 * @param endpoint AWS_ENDPOINT_URL; none where it is not set.
 */
export function inSameAws<E extends { readonly profile?: string | undefined }>(
  { profile }: Pick<E, "profile">,
  environments: readonly E[],
  endpoint: string | undefined,
): readonly E[] {
  if (endpoint === undefined || !isLoopback(endpoint)) return environments;
  return environments.filter((other) => other.profile === profile);
}
