import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { startPublicEndpoint, type PublicEndpoint } from "../../../../sandbox/aws/eks/publicEndpoint";

describe("the endpoint of a cluster for clients outside its VPC", () => {
  let server: Server;
  let endpoint: PublicEndpoint;
  const heard: string[] = [];
  before(async () => {
    server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.on("data", (data) => {
        heard.push(data.toString());
        socket.write(`answer to ${data.toString()}`);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    endpoint = await startPublicEndpoint(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  after(async () => {
    await endpoint.close();
    server.close();
  });

  const client = async (said: string): Promise<Socket> => {
    const { hostname, port } = new URL(endpoint.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(said);
    return socket;
  };
  /** Its end, by a reset or not. */
  const closeOf = (socket: Socket) =>
    new Promise<void>((resolve) => {
      socket.on("close", () => {
        resolve();
      });
    });
  const answerTo = async (said: string) => {
    const socket = await client(said);
    const [data] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    return data.toString();
  };

  it("takes connections and says nothing while it is not open", async () => {
    const socket = await client("first");
    const answers: string[] = [];
    socket.on("data", (data: Buffer) => answers.push(data.toString()));
    const closed = closeOf(socket);
    endpoint.open(true);
    // Opening ends what was held back: by then all that could have been answered would have been.
    await closed;
    assert.deepEqual([answers, heard], [[], []]);
  });

  it("passes all on while it is open, and ends what it passed on when it is closed again", async () => {
    assert.equal(await answerTo("second"), "answer to second");
    const socket = await client("third");
    await once(socket, "data");
    const closed = closeOf(socket);
    endpoint.open(false);
    await closed;
    const silent = await client("fourth");
    silent.destroy();
    assert.deepEqual(heard, ["second", "third"]);
  });
});
