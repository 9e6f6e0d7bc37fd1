import { createServer, connect, type AddressInfo, type Socket } from "node:net";

/** A way to a port of this computer that a test can cut. */
export interface CuttableProxy {
  readonly port: number;
  /** Breaks all connections, and refuses others until it is mended. */
  cut(): void;
  mend(): void;
  /** How many connections were made. */
  connections(): number;
  close(): Promise<void>;
}

/** Listens on a port of its own, and hands everything on as it is. */
export async function cuttableProxy(toPort: number): Promise<CuttableProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    if (isCut) {
      socket.destroy();
      return;
    }
    const beyond = connect(toPort, "127.0.0.1");
    for (const [one, other] of [
      [socket, beyond],
      [beyond, socket],
    ] as const) {
      open.add(one);
      one.on("error", () => one.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => {
      isCut = false;
    },
    connections: () => connections,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
