/**
 * A text whose URLs keep to themselves with which user and password they are asked: `https://[secret]@host/path`
 * (RFC 3986, 3.2.1).
 */
export function withoutUrlCredentials(text: string): string {
  return text.replace(/:\/\/[^\s/?#]*@/g, "://[secret]@");
}
