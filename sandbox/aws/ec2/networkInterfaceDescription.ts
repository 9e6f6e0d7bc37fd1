import { xmlAnswer } from "../protocol/answers";
import type { QueryForm } from "../protocol/queryForm";
import { child, items, parseXml, renderXml, textAt, type XmlElement } from "../protocol/xml";
import type { Ec2Action, Ec2Outside } from "./ec2Call";
import { filtersOf, type Filter } from "./ownFilters";
import { describePrefixes } from "./prefixes";

/** Reads what a filter that moto doesn't have, or not whole, compares. */
const OWN_FILTERS: Readonly<Record<string, (networkInterface: XmlElement) => readonly string[]>> = {
  // Moto compares the primary address only.
  "addresses.private-ip-address": (networkInterface) =>
    items(networkInterface, "privateIpAddressesSet").flatMap((one) => textAt(one, "privateIpAddress") ?? []),
  "attachment.device-index": (networkInterface) =>
    [textAt(networkInterface, "attachment", "deviceIndex") ?? []].flat(),
};

/** DescribeNetworkInterfaces, with filters that moto lacks, and each ENI as it is. */
export const describeNetworkInterfaces: Ec2Action = async (call, outside) => {
  const filters = filtersOf(call.form);
  const own = filters.filter(({ name }) => Object.hasOwn(OWN_FILTERS, name));
  const others = filters.filter((filter) => !own.includes(filter));
  const answer = await call.forward(own.length === 0 ? call.form : withFilters(call.form, others));
  if (answer.status !== 200) return answer;
  const described = parseXml(answer.body.toString());
  const list = child(described, "networkInterfaceSet");
  if (list === undefined) return answer;
  list.children = list.children.filter((one) =>
    own.every(({ name, values }) => OWN_FILTERS[name]?.(one).some((value) => values.includes(value))),
  );
  for (const one of list.children) correctNetworkInterface(one, outside);
  return xmlAnswer(200, renderXml(described));
};

/** Leaves an ENI its own security groups, prefixes and type, and says whether it goes with its instance. */
export function correctNetworkInterface(
  networkInterface: XmlElement,
  {
    groupsOf,
    deletedWithInstance,
    prefixes,
    trunks,
  }: Pick<Ec2Outside, "groupsOf" | "deletedWithInstance" | "prefixes" | "trunks">,
): void {
  const id = textAt(networkInterface, "networkInterfaceId") ?? "";
  const own = groupsOf.get(id);
  const groups = child(networkInterface, "groupSet");
  if (own !== undefined && groups !== undefined) {
    groups.children = groups.children.filter((group) => own.includes(textAt(group, "groupId") ?? ""));
  }
  describePrefixes(networkInterface, prefixes.of(id));
  const type = child(networkInterface, "interfaceType");
  if (type !== undefined && trunks.has(id)) type.text = "trunk";
  const goes = child(child(networkInterface, "attachment"), "deleteOnTermination");
  if (goes !== undefined && deletedWithInstance.has(id)) goes.text = "true";
}

function withFilters(form: QueryForm, filters: readonly Filter[]): Map<string, string> {
  const asked = new Map([...form].filter(([key]) => !key.startsWith("Filter.")));
  for (const [index, { name, values }] of filters.entries()) {
    asked.set(`Filter.${index + 1}.Name`, name);
    for (const [at, value] of values.entries()) asked.set(`Filter.${index + 1}.Value.${at + 1}`, value);
  }
  return asked;
}
