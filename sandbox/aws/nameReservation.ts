/** Names of things that are being made. */
export type NameReservation = <T>(name: string, refusal: () => Error, make: () => Promise<T>) => Promise<T>;

/**
 * Keeps a name for whoever asks first, until its thing is made or has failed to be: a second one at the same moment
 * finds no thing of that name yet.
 */
export function nameReservation(): NameReservation {
  const reserved = new Set<string>();
  return async (name, refusal, make) => {
    if (reserved.has(name)) throw refusal();
    reserved.add(name);
    try {
      return await make();
    } finally {
      reserved.delete(name);
    }
  };
}
