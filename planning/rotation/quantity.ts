/** Factors of the suffixes of a Kubernetes quantity (kubernetes/apimachinery, pkg/api/resource). */
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A Kubernetes quantity, such as `100m`, `64Mi` or `1e3`, as a number.
 *
 * @throws RangeError for what is none; the API server never sends such.
 */
export function quantity(text: string): number {
  const [, digits = "", suffix = ""] =
    /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(FACTORS, suffix) ? FACTORS[suffix] : undefined;
  if (digits === "" || factor === undefined) throw new RangeError(`${text} is not a quantity`);
  return Number(digits) * factor;
}
