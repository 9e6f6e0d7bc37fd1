/** What became of one check. */
export interface JunitCase {
  readonly name: string;
  /** What is not as it should be, a line each; none where it passed. */
  readonly failures: readonly string[];
  /** How long it took, in milliseconds. @default nobody knows, as of what is looked at together with others */
  readonly tookMs?: number | undefined;
}

/** Checks that belong together. */
export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
  /** How long all of it took, in milliseconds. @default nobody knows */
  readonly tookMs?: number | undefined;
  /** Why it could not be run. @default it was */
  readonly error?: string | undefined;
}

/**
 * A report in the XML of JUnit, as GitLab (`artifacts:reports:junit`), Jenkins and the test reporters of GitHub Actions read
 * it. A suite that could not be run has one case, with an error.
 *
 * @param name of the whole.
 */
export function junitReport(name: string, suites: readonly JunitSuite[]): string {
  const errors = suites.filter(({ error }) => error !== undefined).length;
  const all = suites.flatMap(({ cases }) => cases);
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites ${attributes({ name, ...counts(all, errors) })}>`,
    ...suites.flatMap((suite) => suiteLines(name, suite)),
    `</testsuites>`,
  ].join("\n");
}

function suiteLines(report: string, { name, cases, tookMs, error }: JunitSuite): string[] {
  const about = (of: string, ms?: number) =>
    attributes({ classname: `${report} ${name}`, name: of, ...time(ms) });
  return [
    `  <testsuite ${attributes({ name, ...counts(cases, error === undefined ? 0 : 1), skipped: 0, ...time(tookMs) })}>`,
    ...cases.flatMap(({ name: of, failures, tookMs: ms }) => {
      const [first = ""] = failures;
      if (failures.length === 0) return [`    <testcase ${about(of, ms)}/>`];
      return [
        `    <testcase ${about(of, ms)}>`,
        `      <failure ${attributes({ message: first })}>${escaped(failures.join("\n"))}</failure>`,
        `    </testcase>`,
      ];
    }),
    ...(error === undefined
      ? []
      : [
          `    <testcase ${about("could be looked at")}>`,
          `      <error ${attributes({ message: error })}/>`,
          `    </testcase>`,
        ]),
    `  </testsuite>`,
  ];
}

function counts(cases: readonly JunitCase[], errors: number) {
  return {
    tests: cases.length + errors,
    failures: cases.filter(({ failures }) => failures.length > 0).length,
    errors,
  };
}

/** In seconds; left out where it is not known, for 0 would be a lie. */
function time(tookMs: number | undefined): { readonly time?: string } {
  return tookMs === undefined ? {} : { time: (tookMs / 1_000).toFixed(3) };
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}="${escaped(String(value)).replaceAll("\n", "&#10;")}"`)
    .join(" ");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Without what no XML may hold, not even escaped: https://www.w3.org/TR/xml/#charsets */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}
