import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A cluster's API server as clients outside its VPC see it. */
export interface PublicEndpoint {
  /** Such as https://127.0.0.1:40123. */
  readonly url: string;
  /** Whether it answers. Connections that there are end with a change. */
  open(isOpen: boolean): void;
  close(): Promise<void>;
}

/**
 * Listens on a free port of 127.0.0.1. While it is open it passes all on to the API server; else it takes connections
 * and says nothing, for ever, as an address behind which nothing answers: clients run into their timeouts.
 *
 * @param server the API server, such as https://127.0.0.1:6443.
 */
export async function startPublicEndpoint(server: string): Promise<PublicEndpoint> {
  const { hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  let isOpen = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  };
  const endAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const listener = createServer((client) => {
    keep(client);
    client.on("error", () => client.destroy());
    if (!isOpen) {
      client.resume();
      return;
    }
    const inner = connect(Number(port), hostname);
    keep(inner);
    client.on("close", () => inner.destroy());
    inner.on("close", () => client.destroy());
    inner.on("error", () => inner.destroy());
    client.pipe(inner).pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    open: (open) => {
      if (open !== isOpen) endAll();
      isOpen = open;
    },
    close: async () => {
      endAll();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
