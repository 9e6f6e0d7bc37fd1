import { randomInt } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { cacheFolder } from "./cacheFolder";
import { withLock } from "./lock";
import { SandboxError } from "./sandboxError";

/**
 * Below what systems give to outgoing connections (from 32768 on Linux, 49152 on macOS): a port of those can be taken
 * at any moment, also between here and the start of its program.
 */
export const PORT_RANGE = { from: 20_000, to: 29_999 };
/** By then a port's program listens, and the system itself gives the port to nobody else. */
const RESERVED_FOR_MS = 10 * 60_000;

/**
 * Takes ports of 127.0.0.1 that are free, for programs that are told theirs on the command line.
 *
 * They are noted in a folder that all sandboxes of the user share, under a lock: until its program listens, nothing
 * else tells that a port is taken.
 *
 * @param options.wanted the port that is taken in each place, where it is free.
 * @throws SandboxError when there are not as many.
 */
export async function takePorts(
  count: number,
  options: {
    readonly wanted?: readonly (number | undefined)[] | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<number[]> {
  const { wanted = [], signal } = options;
  const folder = join(cacheFolder(), "ports");
  return await withLock(
    join(cacheFolder(), "ports.lock"),
    async () => {
      mkdirSync(folder, { recursive: true });
      const tried = reservedPorts(folder);
      const take = async (candidates: readonly number[]) => {
        for (const port of candidates) {
          if (tried.has(port)) continue;
          tried.add(port);
          if (await isFree(port)) return port;
        }
        return undefined;
      };
      const ports: number[] = [];
      const others = portsFromAnywhere();
      for (let place = 0; place < count; place++) {
        const first = wanted[place];
        const port = (first === undefined ? undefined : await take([first])) ?? (await take(others));
        if (port !== undefined) ports.push(port);
      }
      if (ports.length < count) {
        throw new SandboxError(
          `fewer than ${count} ports are free from ${PORT_RANGE.from} to ${PORT_RANGE.to}`,
          `Stop what listens there; ${folder} notes those of sandboxes.`,
        );
      }
      for (const port of ports) writeFileSync(join(folder, String(port)), "");
      return ports;
    },
    { signal },
  );
}

/** Every port of the range, from anywhere, so that programs that are not ours and look in the same way don't meet us. */
function portsFromAnywhere(): number[] {
  const size = PORT_RANGE.to - PORT_RANGE.from + 1;
  const first = randomInt(size);
  return Array.from({ length: size }, (_, step) => PORT_RANGE.from + ((first + step) % size));
}

/** Gives ports back before their time. */
export function releasePorts(ports: readonly number[]): void {
  for (const port of ports) rmSync(join(cacheFolder(), "ports", String(port)), { force: true });
}

function reservedPorts(folder: string): Set<number> {
  const reserved = new Set<number>();
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age < RESERVED_FOR_MS) reserved.add(Number(name));
    else rmSync(file, { force: true });
  }
  return reserved;
}

/** Whether the system lets one listen there. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen({ host: "127.0.0.1", port }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
