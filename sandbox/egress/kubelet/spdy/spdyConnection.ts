import { Duplex } from "node:stream";
import { CONTROL, controlFrame, dataFrame, FIN, framesOf, type Frame } from "./frames";
import { HeaderBlocks } from "./headerBlocks";

/** A stream that the other end has opened. */
export interface OpenedStream {
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly stream: Duplex;
}

/**
 * The server's end of a SPDY/3.1 connection, as much of it as Kubernetes uses: streams that the client opens, data both
 * ways, the end of each, and pings. Like Kubernetes' own it knows no windows.
 *
 * @param opened takes every stream that the client opens.
 * @returns when the connection is over.
 */
export async function serveSpdy(connection: Duplex, opened: (stream: OpenedStream) => void): Promise<void> {
  const streams = new Map<number, Duplex>();
  const headerBlocks = new HeaderBlocks();
  const send = (frame: Buffer) => {
    if (!connection.destroyed) connection.write(frame);
  };
  const open = async ({ payload, flags }: Frame) => {
    const streamId = payload.readUInt32BE(0);
    const headers = await headerBlocks.read(payload.subarray(10));
    const stream = new SpdyStream(streamId, send);
    stream.on("error", () => undefined);
    stream.on("close", () => streams.delete(streamId));
    streams.set(streamId, stream);
    if ((flags & FIN) !== 0) stream.push(null);
    send(
      controlFrame(
        CONTROL.synReply,
        Buffer.concat([payload.subarray(0, 4), await headerBlocks.writeEmpty()]),
      ),
    );
    opened({ headers, stream });
  };
  try {
    for await (const frame of framesOf(connection)) {
      if (frame.control === undefined) {
        const stream = streams.get(frame.streamId);
        if (frame.payload.length > 0) stream?.push(frame.payload);
        if ((frame.flags & FIN) !== 0) stream?.push(null);
      } else if (frame.control === CONTROL.synStream) await open(frame);
      else if (frame.control === CONTROL.rstStream) streams.get(frame.payload.readUInt32BE(0))?.destroy();
      else if (frame.control === CONTROL.ping) send(controlFrame(CONTROL.ping, frame.payload));
    }
  } finally {
    for (const stream of streams.values()) stream.destroy();
    headerBlocks.close();
    connection.destroy();
  }
}

class SpdyStream extends Duplex {
  constructor(
    private readonly streamId: number,
    private readonly send: (frame: Buffer) => void,
  ) {
    super();
  }

  override _read(): void {
    // It is pushed as it arrives.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.send(dataFrame(this.streamId, 0, chunk));
    done();
  }

  override _final(done: () => void): void {
    this.send(dataFrame(this.streamId, FIN, Buffer.alloc(0)));
    done();
  }
}
