import type { Readable } from "node:stream";

/** Kinds of control frames that are looked at. */
export const CONTROL = { synStream: 1, synReply: 2, rstStream: 3, ping: 6 } as const;

/** The last frame of a stream in its direction. */
export const FIN = 0x01;

const VERSION = 3;
const HEAD_LENGTH = 8;
/** The API server sends at most what one read of a connection gives. */
const LONGEST_FRAME = 1 << 20;

/** A frame as it arrives. Of control frames `streamId` is 0: where there is one, it is in the payload. */
export interface Frame {
  /** Nothing of data frames. */
  readonly control: number | undefined;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** The frames of a SPDY/3 connection. @throws Error for one that is too long to be meant. */
export async function* framesOf(connection: Readable): AsyncGenerator<Frame> {
  let unread = Buffer.alloc(0);
  for await (const chunk of connection as AsyncIterable<Buffer>) {
    unread = Buffer.concat([unread, chunk]);
    for (;;) {
      if (unread.length < HEAD_LENGTH) break;
      const length = unread.readUIntBE(5, 3);
      if (length > LONGEST_FRAME) throw new Error(`a SPDY frame of ${length} bytes`);
      if (unread.length < HEAD_LENGTH + length) break;
      const payload = unread.subarray(HEAD_LENGTH, HEAD_LENGTH + length);
      const first = unread.readUInt32BE(0);
      const isControl = first >= 0x8000_0000;
      yield {
        control: isControl ? first & 0xffff : undefined,
        flags: unread.readUInt8(4),
        streamId: isControl ? 0 : first,
        payload,
      };
      unread = unread.subarray(HEAD_LENGTH + length);
    }
  }
}

/** A data frame. */
export function dataFrame(streamId: number, flags: number, payload: Buffer): Buffer {
  return frame(streamId, flags, payload);
}

/** A control frame. */
export function controlFrame(kind: number, payload: Buffer): Buffer {
  return frame(0x8000_0000 + VERSION * 0x1_0000 + kind, 0, payload);
}

function frame(first: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_LENGTH);
  head.writeUInt32BE(first, 0);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}
