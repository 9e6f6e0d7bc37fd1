/**
 * Measurements. They print figures and judge nothing; no test depends on them.
 *
 *     npm run bench                     everything but what takes many minutes
 *     npm run bench -- planning         one suite
 *     npm run bench -- sandbox-1000     the sandbox with 1,000 nodes, on request only
 *     npm run bench -- rotation         draining beside kubectl, on request only
 */
import { planning } from "./planning";
import { preview } from "./preview";
import { rotation, rotationMemory } from "./rotation";
import { sandbox, sandboxOfThousand } from "./sandbox";

const suites: Readonly<Record<string, () => void | Promise<void>>> = {
  planning,
  preview,
  sandbox,
  "sandbox-1000": sandboxOfThousand,
  rotation,
  "rotation-memory": rotationMemory,
};

/** They take many minutes. */
const ON_REQUEST = new Set(["sandbox-1000", "rotation"]);

async function main(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((name) => !Object.hasOwn(suites, name));
  if (unknown.length > 0) {
    console.error(
      `bench: there is no suite ${unknown.join(", ")}; there are ${Object.keys(suites).join(", ")}`,
    );
    process.exitCode = 2;
    return;
  }
  for (const [name, suite] of Object.entries(suites)) {
    if (asked.length > 0 ? !asked.includes(name) : ON_REQUEST.has(name)) continue;
    console.log(`${name}, Node ${process.versions.node}`);
    await suite();
  }
}

void main(process.argv.slice(2));
