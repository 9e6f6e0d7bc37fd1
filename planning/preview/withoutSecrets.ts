import { isObject } from "../isObject";

/** In the place of a secret; Pulumi's own word for it. */
export const SECRET = "[secret]";
/** In the place of what nobody should have to read. */
const NOT_SHOWN = "[not shown]";

/** Shorter ones are in every other word, and would make nothing secret (Pulumi's own filter takes the same length). */
const SHORTEST_SECRET = 3;

/**
 * Properties that often hold credentials although no program says so: user data carries what nodes are started with, a
 * kubeconfig the way into a cluster.
 */
const OFTEN_SECRET = /^(kubeconfig|userData|userDataBase64)$/;

/**
 * A value of plain JSON without secrets: texts with each of them replaced, wherever they are, and without the properties
 * that often hold one.
 *
 * @param secrets texts that must not be shown, such as the secret values of a stack's configuration.
 */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  const texts = [...new Set(secrets.flatMap(waysToWrite))]
    .filter(({ length }) => length >= SHORTEST_SECRET)
    // A secret may be a part of another.
    .sort((a, b) => b.length - a.length);
  return cleaned(value, texts) as T;
}

function cleaned(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") {
    return secrets.reduce((text, secret) => text.split(secret).join(SECRET), value);
  }
  if (Array.isArray(value)) return value.map((item) => cleaned(item, secrets));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      cleaned(key, secrets),
      OFTEN_SECRET.test(key) && typeof item === "string" && item !== SECRET
        ? NOT_SHOWN
        : cleaned(item, secrets),
    ]),
  );
}

/** A secret as it is, as it is within JSON, and each line of it, for what prints lines apart. */
function waysToWrite(secret: string): string[] {
  const lines = secret
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length >= LONG_LINE);
  return [secret, JSON.stringify(secret).slice(1, -1), ...(secret.includes("\n") ? lines : [])];
}

/** Lines of a secret that are as short as this are such as `}` or `-----`. */
const LONG_LINE = 8;
