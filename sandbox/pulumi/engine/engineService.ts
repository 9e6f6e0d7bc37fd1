import { status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  GetRootResourceResponse,
  LogSeverity,
  SetRootResourceResponse,
  type GetRootResourceRequest,
  type LogRequest,
  type SetRootResourceRequest,
} from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { EventLog } from "./eventLog";
import type { Severity } from "./events";

const severities: Readonly<Record<number, Severity>> = {
  [LogSeverity.DEBUG]: "debug",
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
};

/** What programs and plugins say to the engine. */
export class EngineService {
  #rootUrn = "";
  readonly #events: EventLog;

  constructor(events: EventLog) {
    this.#events = events;
  }

  /** The calls, as gRPC serves them. */
  readonly handlers: IEngineServer = {
    log: (call: ServerUnaryCall<LogRequest, Empty>, done: sendUnaryData<Empty>) => {
      const severity = severities[call.request.getSeverity()] ?? "info";
      this.#events.diagnostic(
        severity,
        call.request.getMessage(),
        call.request.getUrn(),
        call.request.getStreamid(),
      );
      done(null, new Empty());
    },
    getRootResource: (
      _call: ServerUnaryCall<GetRootResourceRequest, GetRootResourceResponse>,
      done: sendUnaryData<GetRootResourceResponse>,
    ) => {
      const answer = new GetRootResourceResponse();
      answer.setUrn(this.#rootUrn);
      done(null, answer);
    },
    setRootResource: (
      call: ServerUnaryCall<SetRootResourceRequest, SetRootResourceResponse>,
      done: sendUnaryData<SetRootResourceResponse>,
    ) => {
      this.#rootUrn = call.request.getUrn();
      done(null, new SetRootResourceResponse());
    },
    startDebugging: refuse("debuggers"),
    requirePulumiVersion: refuse("requirePulumiVersion"),
  };
}

/** A call that the stand-in refuses by name. */
export function refuse(what: string) {
  return (_call: unknown, done: (error: { code: status; details: string }) => void): void => {
    done({ code: status.UNIMPLEMENTED, details: notSupported(what) });
  };
}

/** What is said of what the stand-in can't do. */
export function notSupported(what: string): string {
  return `the stand-in for Pulumi does not support ${what}; use the real Pulumi for it`;
}
