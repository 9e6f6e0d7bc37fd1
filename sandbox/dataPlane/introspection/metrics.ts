import { kindOf } from "../ipamd/block";
import { countAddresses } from "./countAddresses";
import type { IpamdReport } from "./ipamdReport";

/** Where ipamd serves its metrics: on every address of its node. */
export const METRICS_PORT = 61678;

/**
 * The metrics of ipamd that say what it holds, in the text format of Prometheus; those that count what it did are not
 * there.
 *
 * Source: aws/amazon-vpc-cni-k8s, utils/prometheusmetrics/prometheusmetrics.go.
 */
export function metricsText({ interfaces, maxInterfaces, blocksPerInterface }: IpamdReport): string {
  const { total, assigned } = countAddresses(interfaces);
  const blocks = interfaces.flatMap((one) => one.blocks);
  const prefixes = blocks.filter(({ block }) => kindOf(block) === "prefix");
  const held = ({ addresses }: (typeof blocks)[number]) =>
    addresses.filter(({ holder }) => holder !== undefined).length;
  return [
    gauge("awscni_eni_max", "The maximum number of ENIs that can be attached to the instance", maxInterfaces),
    gauge(
      "awscni_ip_max",
      "The maximum number of IP addresses that can be allocated to the instance",
      // The primary ENI counts, also where pods get no address of it.
      maxInterfaces * blocksPerInterface,
    ),
    gauge("awscni_eni_allocated", "The number of ENIs allocated", interfaces.length),
    gauge("awscni_total_ip_addresses", "The total number of IP addresses", total),
    gauge("awscni_assigned_ip_addresses", "The number of IP addresses assigned to pods", assigned),
    gauge("awscni_total_ipv4_prefixes", "The total number of IPv4 prefixes", prefixes.length),
    labelled(
      "awscni_assigned_ip_per_cidr",
      "The total number of IP addresses assigned per cidr",
      blocks.map((one) => [
        `cidr="${kindOf(one.block) === "prefix" ? one.block : `${one.block}/32`}"`,
        held(one),
      ]),
    ),
    labelled(
      "awscni_assigned_ip_per_eni",
      "The number of allocated ips partitioned by eni",
      interfaces.map((one) => [`eni="${one.interfaceId}"`, countAddresses([one]).assigned]),
    ),
  ].join("");
}

function gauge(name: string, help: string, value: number): string {
  return `${head(name, help)}${name} ${value}\n`;
}

function labelled(name: string, help: string, rows: readonly (readonly [label: string, value: number])[]) {
  return head(name, help) + rows.map(([label, value]) => `${name}{${label}} ${value}\n`).join("");
}

function head(name: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
}
