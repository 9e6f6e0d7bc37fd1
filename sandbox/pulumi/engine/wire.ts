import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { received, type PropertyMap } from "./propertyValues";

/** Properties as the message that carries them. */
export function toStruct(properties: PropertyMap): Struct {
  // The message's own type of values allows changing them, which it doesn't do.
  return Struct.fromJavaScript(properties);
}

/** Properties from the message that carried them; a message that carries none has none. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct === undefined ? {} : received(struct.toJavaScript());
}
