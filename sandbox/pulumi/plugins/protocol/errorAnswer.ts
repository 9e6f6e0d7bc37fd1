import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { PropertyMap } from "../../engine/propertyValues";
import { toStruct } from "../../engine/wire";
import { HalfMade } from "./plugin";

/**
 * An error as the protocol says it.
 *
 * One that left a resource behind carries that resource in the status details, so that the engine writes it to the
 * state: it would be forgotten, and made twice, otherwise.
 *
 * @param conceal puts the secret marks of the request on state.
 */
export function errorAnswer(
  error: unknown,
  conceal: (state: PropertyMap) => PropertyMap,
): Partial<ServiceError> {
  const said = error instanceof Error ? error.message : String(error);
  if (!(error instanceof HalfMade)) return { code: status.UNKNOWN, details: said, message: said };

  const detail = new ErrorResourceInitFailed();
  detail.setId(error.live.id);
  detail.setProperties(toStruct(conceal(error.live.state)));
  detail.setReasonsList([said]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const answer = new Status();
  answer.setCode(status.UNKNOWN);
  answer.setMessage(said);
  answer.addDetails(packed);
  const metadata = new Metadata();
  // The name under which gRPC carries structured errors; grpc-js has no way of its own to set it.
  metadata.add("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  return { code: status.UNKNOWN, details: said, message: said, metadata };
}
