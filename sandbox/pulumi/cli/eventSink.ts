import { appendFileSync, writeFileSync } from "node:fs";
import { credentials } from "@grpc/grpc-js";
import { EventsClient } from "@pulumi/pulumi/proto/events_grpc_pb";
import { EventRequest } from "@pulumi/pulumi/proto/events_pb";
import type { EngineEvent } from "../engine/events";
import { isLoopback } from "../engine/loopback";

/** Where events go, for programs to read. */
export interface EventSink {
  readonly write: (event: EngineEvent) => void;
  /** Resolves when all have arrived. */
  readonly close: () => Promise<void>;
}

/**
 * Opens what `--event-log` names: a file, a line for each event, or `tcp://127.0.0.1:PORT` of somebody who takes them.
 *
 * @throws Error when the address is not on this computer.
 */
export function openEventSink(target: string): EventSink {
  if (target.startsWith("tcp://")) return connect(target);
  writeFileSync(target, "");
  return {
    write: (event) => {
      appendFileSync(target, `${JSON.stringify(event)}\n`);
    },
    close: () => Promise.resolve(),
  };
}

function connect(target: string): EventSink {
  const address = target.slice("tcp://".length);
  if (!isLoopback(`http://${address}`))
    throw new Error(
      `--event-log ${target} is not on this computer; the stand-in for Pulumi talks to nobody else`,
    );
  const client = new EventsClient(address, credentials.createInsecure());
  const arrived: { settle: (error: Error | null) => void } = { settle: () => undefined };
  const done = new Promise<void>((resolve, reject) => {
    arrived.settle = (error) => {
      if (error === null) resolve();
      else reject(error);
    };
  });
  // Whoever takes them may be gone by then; what was done counts all the same.
  done.catch(() => undefined);
  const stream = client.streamEvents((error) => {
    arrived.settle(error);
  });
  return {
    write: (event) => {
      const request = new EventRequest();
      request.setEvent(JSON.stringify(event));
      stream.write(request);
    },
    close: async () => {
      stream.end();
      await done.catch(() => undefined);
      client.close();
    },
  };
}
