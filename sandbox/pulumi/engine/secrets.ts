import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { isList, isObject, isSecret, mapValues, secret, SECRET, SIGNATURE } from "./propertyValues";
import type { PropertyMap, PropertyValue } from "./propertyValues";

/** Makes texts unreadable, and readable again. */
export interface Crypter {
  /** How a deployment or a stack's settings name this key: `v1:SALT:v1:NONCE:CHECK`. */
  readonly salt: string;
  readonly encrypt: (text: string) => string;
  /** @throws Error when the passphrase is another one. */
  readonly decrypt: (text: string) => string;
}

/** What is encrypted beside the salt, so that a wrong passphrase is noticed. */
const CHECK = "pulumi";

/** Where the passphrase comes from, as messages name it. */
const passphraseHelp =
  "set PULUMI_CONFIG_PASSPHRASE (it may be empty) or PULUMI_CONFIG_PASSPHRASE_FILE to what the stack was made with";

/**
 * The passphrase that an environment gives.
 *
 * @param readFile reads the file of PULUMI_CONFIG_PASSPHRASE_FILE.
 * @returns undefined when it gives none.
 */
export function passphraseOf(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): string | undefined {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return env.PULUMI_CONFIG_PASSPHRASE;
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  return file === undefined || file === "" ? undefined : readFile(file).trim();
}

/**
 * Pulumi's passphrase scheme: AES-256-GCM with a key of PBKDF2 (SHA-256, a million turns: half a second), which is
 * made only when something is encrypted or decrypted.
 *
 * @param salt of an earlier crypter; a new one is made up when there is none, and that does take the half second.
 */
export function passphraseCrypter(passphrase: string | undefined, salt?: string): Crypter {
  const [, saltText, ...check] = (salt ?? "").split(":");
  const bytes = saltText === undefined ? randomBytes(8) : Buffer.from(saltText, "base64");
  let known: Buffer | undefined;
  const key = (): Buffer => {
    if (known !== undefined) return known;
    if (passphrase === undefined) throw new Error(`passphrase must be set: ${passphraseHelp}`);
    const made = pbkdf2Sync(passphrase, bytes, 1_000_000, 32, "sha256");
    if (check.length > 0 && tryDecrypt(made, check.join(":")) !== CHECK)
      throw new Error(`incorrect passphrase: ${passphraseHelp}`);
    return (known = made);
  };
  return {
    salt: salt ?? `v1:${bytes.toString("base64")}:${encryptWith(key(), CHECK)}`,
    encrypt: (text) => encryptWith(key(), text),
    decrypt: (text) => decryptWith(key(), text),
  };
}

function encryptWith(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}

function decryptWith(key: Buffer, text: string): string {
  const [version, nonce, sealed] = text.split(":");
  if (version !== "v1" || nonce === undefined || sealed === undefined)
    throw new Error(`not encrypted with a passphrase: ${text.slice(0, 20)}`);
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
}

function tryDecrypt(key: Buffer, text: string): string | undefined {
  try {
    return decryptWith(key, text);
  } catch {
    return undefined;
  }
}

/** Properties as they are written down: the content of each secret encrypted, as one JSON text. */
export function sealed(properties: PropertyMap, crypter: Pick<Crypter, "encrypt">): PropertyMap {
  return mapValues(properties, (value) => seal(value, crypter));
}

function seal(value: PropertyValue, crypter: Pick<Crypter, "encrypt">): PropertyValue {
  if (isList(value)) return value.map((item) => seal(item, crypter));
  if (isSecret(value))
    return { [SIGNATURE]: SECRET, ciphertext: crypter.encrypt(JSON.stringify(value.value)) };
  return isObject(value) ? mapValues(value, (item) => seal(item, crypter)) : value;
}

/** Properties that were written down, as the engine keeps them. A secret may also be there as plain text. */
export function unsealed(properties: PropertyMap, crypter: Pick<Crypter, "decrypt">): PropertyMap {
  return mapValues(properties, (value) => unseal(value, crypter));
}

function unseal(value: PropertyValue, crypter: Pick<Crypter, "decrypt">): PropertyValue {
  if (isList(value)) return value.map((item) => unseal(item, crypter));
  if (!isObject(value)) return value;
  if (value[SIGNATURE] !== SECRET) return mapValues(value, (item) => unseal(item, crypter));
  if (typeof value.ciphertext === "string")
    return secret(JSON.parse(crypter.decrypt(value.ciphertext)) as PropertyValue);
  if (typeof value.plaintext === "string") return secret(JSON.parse(value.plaintext) as PropertyValue);
  return value;
}

/** Properties with the content of each secret as plain JSON text: what `stack export --show-secrets` shows. */
export function opened(properties: PropertyMap): PropertyMap {
  return mapValues(properties, open);
}

function open(value: PropertyValue): PropertyValue {
  if (isList(value)) return value.map(open);
  if (isSecret(value)) return { [SIGNATURE]: SECRET, plaintext: JSON.stringify(value.value) };
  return isObject(value) ? mapValues(value, open) : value;
}

/** Encrypts for people's eyes: nothing can be read of it, ever. */
export const blinding: Pick<Crypter, "encrypt"> = { encrypt: () => "[secret]" };
