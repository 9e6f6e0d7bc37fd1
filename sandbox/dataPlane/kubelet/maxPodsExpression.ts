/** What an expression may name. */
export type MaxPodsVariables = Readonly<Record<"default_enis" | "ips_per_eni" | "max_pods", number>>;

/**
 * Computes nodeadm's `spec.kubelet.maxPodsExpression`: whole numbers, the variables, `+ - * / %` and parentheses, of all
 * that CEL has.
 *
 * @returns nothing where CEL would fail: an unknown name, a division by nothing, a syntax error.
 * @throws Error for parts of CEL that the sandbox doesn't compute.
 */
export function evaluateMaxPodsExpression(
  expression: string,
  variables: MaxPodsVariables,
): number | undefined {
  const unplayed = /[?:<>=!&|"'[\].,{}]/.exec(expression)?.[0];
  if (unplayed !== undefined) {
    throw new Error(
      `maxPodsExpression ${JSON.stringify(expression)} has ${unplayed}: the sandbox computes + - * / % and parentheses only`,
    );
  }
  const tokens = expression.match(/\d+|\w+|\S/g) ?? [];
  let at = 0;
  const takeOneOf = (...wanted: string[]): string | undefined => {
    const token = tokens[at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    at += 1;
    return token;
  };

  const primary = (): number => {
    if (takeOneOf("-") !== undefined) return -primary();
    if (takeOneOf("(") !== undefined) {
      const value = sum();
      return takeOneOf(")") === undefined ? NaN : value;
    }
    const token = tokens[at++] ?? "";
    if (/^\d+$/.test(token)) return Number(token);
    return Object.hasOwn(variables, token) ? variables[token as keyof MaxPodsVariables] : NaN;
  };
  const product = (): number => {
    let value = primary();
    for (let sign = takeOneOf("*", "/", "%"); sign !== undefined; sign = takeOneOf("*", "/", "%")) {
      const right = primary();
      if (sign === "*") value *= right;
      // Without a remainder, towards zero, as CEL divides whole numbers.
      else value = sign === "/" ? Math.trunc(value / right) : value % right;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = takeOneOf("+", "-"); sign !== undefined; sign = takeOneOf("+", "-")) {
      value += sign === "+" ? product() : -product();
    }
    return value;
  };

  const value = sum();
  return at === tokens.length && Number.isFinite(value) ? value : undefined;
}
