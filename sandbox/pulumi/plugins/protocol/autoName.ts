import { createHash, randomBytes } from "node:crypto";

/** As many hexadecimal digits as Pulumi's own plugins add. */
const DIGITS = 7;

/** A name of the program with something added that makes it unlike others: `workers-3f9c01a`. */
export function autoName(name: string, seed: Uint8Array): string {
  return `${name}-${uniqueDigits(name, seed, DIGITS)}`;
}

/** Hexadecimal digits, the same ones for the same seed; random ones when the engine gives no seed. */
export function uniqueDigits(name: string, seed: Uint8Array, digits: number): string {
  const bytes = seed.length > 0 ? seed : randomBytes(16);
  return createHash("sha256").update(bytes).update(name).digest("hex").slice(0, digits);
}
