/**
 * The place of a zone within its Region, from 0: its letter (`us-west-2c` is 2), or the number of a zone id
 * (`usw2-az3` is 2). A Local or Wavelength Zone has none.
 *
 * It belongs to the zone alone, whatever other zones there are; that is what keeps address plans stable.
 */
export function zoneOrdinal(zone: string): number | undefined {
  const letter = /^(?:[a-z]+(?:-[a-z]+)+-\d+)?([a-z])$/.exec(zone)?.[1];
  if (letter !== undefined) return letter.charCodeAt(0) - "a".charCodeAt(0);
  const id = /^[a-z]+\d+-az([1-9]\d*)$/.exec(zone)?.[1];
  return id === undefined ? undefined : Number(id) - 1;
}
