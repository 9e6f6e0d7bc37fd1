import { constants, createDeflate, createInflate } from "node:zlib";
import { HEADER_DICTIONARY } from "./dictionary";

/**
 * The header blocks of one SPDY/3 connection. Each direction is one compressed stream over all of its blocks, which therefore
 * have to be read and written in the order in which they are sent.
 */
export class HeaderBlocks {
  private readonly inflate = createInflate({ dictionary: HEADER_DICTIONARY });
  private readonly deflate = createDeflate({ dictionary: HEADER_DICTIONARY });

  /** @returns headers by their names, which are in lower case. @throws Error for what is no header block. */
  async read(block: Buffer): Promise<ReadonlyMap<string, string>> {
    await new Promise<void>((resolve, reject) => {
      this.inflate.once("error", reject);
      this.inflate.write(block, () => {
        this.inflate.off("error", reject);
        resolve();
      });
    });
    return parseHeaders((this.inflate.read() as Buffer | null) ?? Buffer.alloc(0));
  }

  /** A block without a header. */
  async writeEmpty(): Promise<Buffer> {
    await new Promise<void>((resolve) => {
      this.deflate.write(Buffer.alloc(4));
      this.deflate.flush(constants.Z_SYNC_FLUSH, resolve);
    });
    return (this.deflate.read() as Buffer | null) ?? Buffer.alloc(0);
  }

  close(): void {
    this.inflate.close();
    this.deflate.close();
  }
}

/** How many there are, then each name and value with its length before it. */
function parseHeaders(block: Buffer): ReadonlyMap<string, string> {
  let at = 0;
  const number = () => {
    const value = block.readUInt32BE(at);
    at += 4;
    return value;
  };
  const text = () => {
    const length = number();
    at += length;
    return block.toString("utf8", at - length, at);
  };
  return new Map(Array.from({ length: number() }, () => [text(), text()] as const));
}
