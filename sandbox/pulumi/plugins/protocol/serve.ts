import {
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type sendUnaryData,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { fromStruct } from "../../engine/wire";
import { errorAnswer } from "./errorAnswer";
import type { Plugin } from "./plugin";
import { service, stateOut, type Answer } from "./service";

/** As large as the messages of Pulumi's own clients may be, in bytes. */
const MAX_MESSAGE = 400 * 1024 * 1024;

/** How often it is looked whether the engine that started this plugin is still there, in milliseconds. */
const LOOK_FOR_ENGINE_MS = 1000;

/**
 * Serves a plugin to the engine that started this process: listens on a free port of 127.0.0.1 and prints the port as
 * the only line of stdout, as the engine expects it. Ends with the engine.
 *
 * `provider.main()` of `@pulumi/pulumi` can't be used for it: it keeps the provider's configuration, the old inputs, the
 * difference in detail and whether it is a preview from the provider, which is nearly all that there is to stand in for.
 */
export async function serve(plugin: Plugin): Promise<void> {
  const server = new Server({ "grpc.max_receive_message_length": MAX_MESSAGE });
  const stop = new AbortController();
  const methods: UntypedServiceImplementation = {};
  for (const [name, answer] of Object.entries(service(plugin))) {
    methods[name] = handler(plugin, answer, stop.signal);
  }
  methods["cancel"] = (_call: unknown, callback: sendUnaryData<Empty>) => {
    stop.abort(new Error("cancelled"));
    callback(null, new Empty());
  };
  server.addService(ResourceProviderService, methods);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  endWithEngine();
  process.stdout.write(`${port}\n`);
}

function handler(plugin: Plugin, answer: Answer, stopped: AbortSignal): UntypedHandleCall {
  const answerCall: handleUnaryCall<never, unknown> = (call, callback) => {
    const cancelled = new AbortController();
    call.on("cancelled", () => {
      cancelled.abort(new Error("cancelled"));
    });
    // In a promise of its own, so that what is thrown at once is answered as well.
    Promise.resolve()
      .then(() => answer(call.request, AbortSignal.any([stopped, cancelled.signal])))
      .then(
        (answered) => {
          callback(null, answered);
        },
        (error: unknown) => {
          callback(errorAnswer(error, (state) => stateOut(plugin, state, fromStruct(givenBy(call.request)))));
        },
      );
  };
  return answerCall as UntypedHandleCall;
}

/** The inputs of a creation or an update, whose marks go on what it leaves. */
function givenBy(request: { getNews?(): Struct; getProperties?(): Struct }): Struct | undefined {
  return request.getNews?.() ?? request.getProperties?.();
}

/** An engine that is killed can't stop its plugins; they would stay for ever. */
function endWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(0);
  }, LOOK_FOR_ENGINE_MS).unref();
}
