import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { isObject, UNKNOWN, type Properties, type Value } from "./values";

/**
 * How the provider protocol marks values that JSON has no form for: an object with this key, whose value says what the
 * object is. The numbers are part of the protocol (`sdk/go/common/resource/plugin/rpc.go` of Pulumi).
 */
const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The properties of a message, as they were sent: secrets and references still marked. */
export function sent(message: Struct | undefined): Properties {
  return message === undefined ? {} : (message.toJavaScript() as Properties);
}

/** Properties as a message. */
export function message(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

/**
 * Takes the marks off: a secret becomes what it holds, a reference to a resource becomes its ID, null properties go.
 *
 * @throws Error for assets and archives, which no resource of the stand-ins takes.
 */
export function revealed(properties: Properties): Properties {
  const plain: Properties = {};
  for (const [key, value] of Object.entries(properties)) {
    const shown = reveal(value);
    if (shown !== null) plain[key] = shown;
  }
  return plain;
}

function reveal(value: Value): Value {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  switch (value[MARK]) {
    case undefined:
      return revealed(value);
    case SECRET:
      return reveal(value["value"] ?? null);
    case OUTPUT:
      return value["value"] === undefined ? UNKNOWN : reveal(value["value"]);
    case RESOURCE:
      return value["id"] ?? value["urn"] ?? null;
    default:
      throw new Error("assets and archives are not part of the sandbox's stand-ins for plugins");
  }
}

/**
 * Marks as secret in what goes out whatever came in as a secret under the same key.
 *
 * Objects are gone through key by key; any other value with a secret in it makes the whole outgoing value a secret, since
 * an element of a list may come back elsewhere in the list.
 */
export function concealed(outgoing: Properties, incoming: Properties): Properties {
  const marked: Properties = { ...outgoing };
  for (const [key, was] of Object.entries(incoming)) {
    const now = marked[key];
    if (now === undefined) continue;
    if (isMarked(was, SECRET)) marked[key] = secret(now);
    else if (isObject(was) && isObject(now)) marked[key] = concealed(now, was);
    else if (hasSecret(was)) marked[key] = secret(now);
  }
  return marked;
}

/** The value as a secret. */
export function secret(value: Value): Value {
  return isMarked(value, SECRET) ? value : { [MARK]: SECRET, value };
}

function isMarked(value: Value, mark: string): boolean {
  if (!isObject(value)) return false;
  if (value[MARK] === mark) return true;
  // An output value says by a field of its own that it is secret.
  return mark === SECRET && value[MARK] === OUTPUT && value["secret"] === true;
}

function hasSecret(value: Value): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && (isMarked(value, SECRET) || Object.values(value).some(hasSecret));
}
