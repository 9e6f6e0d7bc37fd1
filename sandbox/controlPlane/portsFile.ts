import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ControlPlanePorts } from "./components";

/** Where a sandbox notes the ports of its control plane, relative to its folder. */
export const PORTS_FILE = "ports.json";

const portsSchema = z.object({
  etcdHealth: z.number(),
  apiServer: z.number(),
  controllerManager: z.number(),
  scheduler: z.number(),
  kwok: z.number(),
});

/** The ports of the control plane in a folder; none before it has taken some. */
export function readPorts(folder: string): ControlPlanePorts | undefined {
  try {
    return portsSchema.parse(JSON.parse(readFileSync(join(folder, PORTS_FILE), "utf8")));
  } catch {
    return undefined;
  }
}
