import { shown, type Problem } from "../problem";

/** So many of several things: a number, or a percentage of them such as `10%`. */
export type Amount = number | `${number}%`;

/**
 * The number that an amount stands for.
 *
 * @param of how many things there are.
 * @param round what becomes of a percentage that is no whole number: Kubernetes rounds what may be missing down, and
 *   what may be there besides up.
 */
export function numberOf(amount: Amount, of: number, round: "up" | "down"): number {
  if (typeof amount === "number") return amount;
  const exact = (Number.parseFloat(amount) * of) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/**
 * What is wrong with an amount.
 *
 * @param things what it is of, as in "nodes".
 * @param from the least that it may be, as a number and in percent.
 */
export function amountProblems(path: string, value: unknown, things: string, from: 0 | 1): Problem[] {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= from) return [];
  const [, percent] = typeof value === "string" ? (/^(\d{1,3})%$/.exec(value) ?? []) : [];
  if (percent !== undefined && Number(percent) >= from && Number(percent) <= 100) return [];
  const reason = `${shown(value)} is neither a number of ${things} from ${from} up nor a percentage.`;
  return [{ path, reason, fix: "Give such as 3 or 10%." }];
}
