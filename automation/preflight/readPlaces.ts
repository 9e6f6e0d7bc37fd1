import { lookup } from "node:dns/promises";
import { isIPv4 } from "node:net";
import { readPlace, type Place, type PlaceName } from "../../planning/preflight/place";
import { throwIfAny } from "../../planning/problem";

/** Finds the IPv4 addresses of a host. @throws where it has none. */
export type HostLookup = (host: string) => Promise<readonly string[]>;

/** As every program of this computer finds them. */
export const systemLookup: HostLookup = async (host) =>
  (await lookup(host, { family: 4, all: true })).map(({ address }) => address);

/**
 * Reads places as people write them.
 *
 * @param texts each a `host:port`.
 * @throws InvalidInputError for those that are none.
 */
export function placeNames(texts: readonly string[]): PlaceName[] {
  const readings = texts.map(readPlace);
  throwIfAny(
    readings.flatMap((reading, index) =>
      "reason" in reading ? [{ path: `mustReach[${index}]`, ...reading }] : [],
    ),
  );
  return readings.filter((reading) => "host" in reading);
}

/** Finds the addresses of places; a name that nobody knows is no failure. */
export function readPlaces(places: readonly PlaceName[], find: HostLookup): Promise<Place[]> {
  return Promise.all(
    places.map(async (place): Promise<Place> => {
      if (isIPv4(place.host)) return { ...place, addresses: [place.host] };
      try {
        return { ...place, addresses: await find(place.host) };
      } catch (error) {
        return { ...place, unresolved: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}
