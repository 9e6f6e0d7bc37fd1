// The library needs it, and before anything else.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** A sandbox is not kept for longer. */
const VALID_FOR_DAYS = 365;
/** A clock that was a little ahead must not make it invalid. */
const VALID_BEFORE_DAYS = 1;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate and its key, in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** A key pair for the tokens of service accounts, in PEM. */
export interface TokenKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Issues what belongs to one control plane, and to no other: one that is spoken to by mistake is found out. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** For programs that listen on 127.0.0.1. */
  issueServer(hosts: readonly string[]): Promise<Identity>;
  /** For clients of the API server: Kubernetes takes the common name as user and organizations as groups. */
  issueClient(user: string, groups: readonly string[]): Promise<Identity>;
}

/** Makes a certificate authority; its key stays in memory. */
export async function createAuthority(now: Date): Promise<Authority> {
  const keys = await generateKeys();
  const validity = {
    notBefore: new Date(now.getTime() - VALID_BEFORE_DAYS * DAY_MS),
    notAfter: new Date(now.getTime() + VALID_FOR_DAYS * DAY_MS),
  };
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ["eks-pod-network sandbox"] }],
    ...validity,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
    ],
  });

  const issue = async (
    subject: { CN: string[]; O?: string[] },
    usage: ExtendedKeyUsage,
    hosts: readonly string[] = [],
  ): Promise<Identity> => {
    const own = await generateKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: [{ CN: subject.CN }, ...(subject.O ?? []).map((group) => ({ O: [group] }))],
      issuer: authority.subject,
      ...validity,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([usage]),
        ...(hosts.length === 0 ? [] : [new SubjectAlternativeNameExtension(hosts.map(alternativeName))]),
      ],
    });
    return { certificate: pem(certificate), key: await exportKey("pkcs8", own.privateKey) };
  };

  return {
    certificate: pem(authority),
    issueServer: (hosts) => issue({ CN: ["sandbox"] }, ExtendedKeyUsage.serverAuth, hosts),
    issueClient: (user, groups) => issue({ CN: [user], O: [...groups] }, ExtendedKeyUsage.clientAuth),
  };
}

/** Makes the key pair by which the API server signs tokens and knows them again. */
export async function createTokenKeys(): Promise<TokenKeys> {
  const { publicKey, privateKey } = await generateKeys();
  return { publicKey: await exportKey("spki", publicKey), privateKey: await exportKey("pkcs8", privateKey) };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function alternativeName(host: string): { type: "ip" | "dns"; value: string } {
  return { type: /^[\d.]+$/.test(host) ? "ip" : "dns", value: host };
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function exportKey(format: "spki" | "pkcs8", key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey(format, key)).toString("base64");
  const label = format === "spki" ? "PUBLIC KEY" : "PRIVATE KEY";
  return `-----BEGIN ${label}-----\n${der.replace(/.{64}(?=.)/g, "$&\n")}\n-----END ${label}-----\n`;
}
