import { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";

/**
 * Streams over one WebSocket, each a channel: the first byte of every message is the channel's number. A channel can't be
 * closed by itself: the WebSocket is, once all of them have ended.
 */
export function channelStreams(socket: WebSocket, count: number): Duplex[] {
  let open = count;
  const streams = Array.from({ length: count }, (_, channel) => {
    return new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        socket.send(Buffer.concat([Buffer.from([channel]), chunk]), () => {
          // Whether it has arrived nobody knows anyway.
          done();
        });
      },
      final: (done) => {
        open -= 1;
        if (open === 0) socket.close();
        done();
      },
    });
  });
  for (const stream of streams) stream.on("error", () => undefined);
  socket.on("message", (message: RawData) => {
    const bytes = Buffer.isBuffer(message) ? message : Buffer.concat([message].flat() as Buffer[]);
    streams[bytes[0] ?? 0]?.push(bytes.subarray(1));
  });
  socket.on("close", () => {
    for (const stream of streams) stream.destroy();
  });
  socket.on("error", () => undefined);
  return streams;
}
