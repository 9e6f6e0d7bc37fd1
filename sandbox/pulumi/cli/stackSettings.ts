import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseDocument, type Document } from "yaml";
import { parsePropertyPath, type PropertyPath } from "../engine/propertyPath";
import type { Crypter } from "../engine/secrets";

/** A value of a stack's configuration: text, or what has structure; what is secret in it is `{ secure: CIPHERTEXT }`. */
export type ConfigValue = unknown;

/** The settings of a stack, in its Pulumi.STACK.yaml. Comments and everything else in the file stay as they are. */
export class StackSettings {
  readonly path: string;
  readonly #document: Document;

  /** @param folder of the project's settings; the file need not exist. */
  constructor(folder: string, stack: string, file?: string) {
    this.path = file ?? join(folder, `Pulumi.${stack}.yaml`);
    const text = existsSync(this.path) ? readFileSync(this.path, "utf8") : "";
    this.#document = parseDocument(text);
    const [mistake] = this.#document.errors;
    if (mistake !== undefined) throw new Error(`could not unmarshal '${this.path}': ${mistake.message}`);
  }

  get salt(): string | undefined {
    const salt: unknown = this.#document.get("encryptionsalt");
    return typeof salt === "string" ? salt : undefined;
  }

  setSalt(salt: string): void {
    this.#document.set("encryptionsalt", salt);
  }

  /** What other provider of secrets the stack has; only the passphrase is supported. */
  get secretsProvider(): string | undefined {
    const provider: unknown = this.#document.get("secretsprovider");
    return typeof provider === "string" && provider !== "passphrase" ? provider : undefined;
  }

  /** All values, by key as written. */
  get config(): Readonly<Record<string, ConfigValue>> {
    const json = this.#document.toJS() as { config?: Record<string, unknown> } | null;
    return json?.config ?? {};
  }

  /** Sets the value of a key, or of a place in it. */
  set(key: string, path: PropertyPath, value: unknown): void {
    if (this.#document.get("config") === undefined)
      this.#document.set("config", this.#document.createNode({}));
    const place = ["config", key, ...path];
    // Lists on the way are made as such; the parser's own way would make maps of them.
    const whole = path.length === 0 ? value : withAt(this.config[key], path, value);
    this.#document.setIn(path.length === 0 ? place : ["config", key], this.#document.createNode(whole));
  }

  /** Removes a key, or a place in it. */
  remove(key: string, path: PropertyPath): void {
    this.#document.deleteIn(["config", key, ...path]);
  }

  /** Replaces all values. */
  replaceConfig(config: Readonly<Record<string, ConfigValue>>): void {
    this.#document.set("config", this.#document.createNode(config));
  }

  save(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, this.#document.toString({ lineWidth: 0, indentSeq: true }));
  }

  delete(): void {
    rmSync(this.path, { force: true });
  }
}

function withAt(value: unknown, path: PropertyPath, set: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return set;
  if (typeof key === "number") {
    const list: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [];
    if (key > list.length) throw new Error(`a list of ${list.length} has no place ${key}`);
    list[key] = withAt(list[key], rest, set);
    return list;
  }
  const map = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  return { ...map, [key]: withAt(map[key], rest, set) };
}

/**
 * A key as people write it, as the settings have it.
 *
 * @param isPath whether it may lead into a structure.
 * @returns the key with its namespace (the project, unless one is written) and the way into its value.
 */
export function readKey(text: string, project: string, isPath: boolean): { key: string; path: PropertyPath } {
  const [namespace, name] = text.includes(":") ? splitOnce(text, ":") : [project, text];
  if (!isPath) return { key: `${namespace}:${name}`, path: [] };
  const [first, ...path] = parsePropertyPath(name);
  return { key: `${namespace}:${String(first)}`, path };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

/** Whether something is a secret, as settings have it. */
export function isSecure(value: unknown): value is { secure: string } {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  return (
    keys.length === 1 && keys[0] === "secure" && typeof (value as { secure: unknown }).secure === "string"
  );
}

/** Whether something in a value is secret. */
export function containsSecure(value: unknown): boolean {
  if (isSecure(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(containsSecure);
}

/** A value with its secrets in plain text. */
export function opened(value: unknown, crypter: Pick<Crypter, "decrypt">): unknown {
  if (isSecure(value)) return crypter.decrypt(value.secure);
  if (Array.isArray(value)) return value.map((item) => opened(item, crypter));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item, crypter)]));
}
