import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

/** A gRPC server that runs. */
export interface RunningServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Ends it at once, whatever it is doing. */
  readonly close: () => void;
}

/** Messages may be as large as Pulumi's own: 400 MB. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Serves on a free port of 127.0.0.1. */
export async function serve(
  services: readonly (readonly [ServiceDefinition, UntypedServiceImplementation])[],
): Promise<RunningServer> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  for (const [definition, implementation] of services) server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    close: () => {
      server.forceShutdown();
    },
  };
}
