import { shown } from "../problem";

/** A place that pods must reach, as people write it: `db.example.org:5432`. */
export interface PlaceName {
  readonly text: string;
  readonly host: string;
  readonly port: number;
}

/** A place, and its IPv4 addresses; or why it has none. */
export type Place = PlaceName &
  (
    | { readonly addresses: readonly string[]; readonly unresolved?: undefined }
    | { readonly unresolved: string }
  );

/**
 * Reads `host:port`; a host is a name or an IPv4 address.
 *
 * @returns what is wrong with it where it is none.
 */
export function readPlace(text: string): PlaceName | { readonly reason: string; readonly fix: string } {
  const [, host = "", digits = ""] =
    /^([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== "" && port >= 1 && port <= 65535) return { text, host, port };
  return {
    reason: `${shown(text)} is not a host with a port.`,
    fix: "Write it as db.example.org:5432 or 10.20.0.9:443; the port is from 1 to 65535.",
  };
}
