/**
 * Measurements. They print figures and judge nothing; no test depends on them.
 *
 *     npm run bench                 everything
 *     npm run bench -- planning     one suite
 */
import { planning } from "./planning";

const suites: Readonly<Record<string, () => void>> = { planning };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(
    `bench: there is no suite ${unknown.join(", ")}; there are ${Object.keys(suites).join(", ")}`,
  );
  process.exitCode = 2;
} else {
  for (const [name, suite] of Object.entries(suites)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`${name}, Node ${process.versions.node}`);
    suite();
  }
}
