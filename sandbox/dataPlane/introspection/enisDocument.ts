import { createHash } from "node:crypto";
import type { AddressHistory, InterfaceBlock } from "../ipamd/addressPool";
import { kindOf } from "../ipamd/block";
import { isSince, type CniVersion } from "../ipamd/cniVersion";
import type { ManagedInterface } from "../ipamd/ipamdState";
import { countAddresses } from "./countAddresses";
import type { IpamdReport } from "./ipamdReport";

/**
 * What `/v1/enis` of ipamd answers, in the shape of its release: keyed by network card since 1.20.0, with what it knows of
 * pods since 1.11.0, with addresses below their blocks since 1.9.0, and something else altogether before 1.7.0.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/ipamd/introspect.go and pkg/ipamd/datastore/data_store.go at the tags of releases.
 */
export function enisDocument(report: IpamdReport): unknown {
  const { version } = report;
  const { total: TotalIPs, assigned: AssignedIPs } = countAddresses(report.interfaces);
  if (!isSince(version, [1, 7, 0])) return { TotalIPs, AssignedIPs, ENIIPPools: byId(report, oldPool) };
  const infos = { TotalIPs, AssignedIPs, ENIs: byId(report, (eni) => interfaceDocument(eni, report)) };
  // The sandbox plays the default network card, which is card 0.
  return isSince(version, [1, 20, 0]) ? { "0": infos } : infos;
}

/** What `/v1/pods` of ipamd answered before 1.7.0. */
export function podsDocument({ interfaces, podOf }: IpamdReport): unknown {
  const pods = interfaces.flatMap(({ blocks, deviceIndex }) =>
    blocks.flatMap(({ addresses }) =>
      addresses.flatMap(({ address, holder }) => {
        const pod = holder === undefined ? undefined : podOf(holder);
        if (holder === undefined || pod === undefined) return [];
        const key = `${pod.name}_${pod.namespace}_${containerId(holder)}`;
        return [[key, { IP: address, DeviceNumber: deviceIndex }]] as const;
      }),
    ),
  );
  return Object.fromEntries(pods);
}

function byId({ interfaces }: IpamdReport, document: (one: ManagedInterface) => unknown): object {
  return Object.fromEntries(interfaces.map((one) => [one.interfaceId, document(one)]));
}

function oldPool({ interfaceId, deviceIndex, blocks }: ManagedInterface): unknown {
  const addresses = blocks.flatMap((block) => everyAddress(block));
  return {
    IsPrimary: deviceIndex === 0,
    ID: interfaceId,
    DeviceNumber: deviceIndex,
    AssignedIPv4Addresses: addresses.filter(({ holder }) => holder !== undefined).length,
    IPv4Addresses: Object.fromEntries(
      addresses.map(({ address, holder, unassignedAt }) => [
        address,
        { Address: address, Assigned: holder !== undefined, UnassignedTime: time(unassignedAt) },
      ]),
    ),
  };
}

function interfaceDocument(
  { interfaceId, deviceIndex, isTrunk, isExcluded, subnetId, blocks }: ManagedInterface,
  report: IpamdReport,
): unknown {
  const since = (...release: CniVersion) => isSince(report.version, release);
  return {
    ID: interfaceId,
    IsPrimary: deviceIndex === 0,
    IsTrunk: isTrunk,
    ...(since(1, 8, 0) ? { IsEFA: false } : {}),
    DeviceNumber: deviceIndex,
    ...(since(1, 9, 0)
      ? { AvailableIPv4Cidrs: Object.fromEntries(blocks.map((block) => cidrEntry(block, report))) }
      : { IPv4Addresses: addressDocuments(blocks.flatMap(everyAddress), report) }),
    ...(since(1, 10, 0) ? { IPv6Cidrs: {} } : {}),
    ...(since(1, 22, 0) ? { IsExcludedForPodIPs: isExcluded } : {}),
    ...(since(1, 20, 3) ? { RouteTableID: routeTable(deviceIndex) } : {}),
    ...(since(1, 22, 0) ? { SubnetID: subnetId } : {}),
  };
}

/** The main table for the primary ENI, else one table for each device (pkg/networkutils/network.go). */
function routeTable(deviceIndex: number): number {
  return deviceIndex === 0 ? 254 : deviceIndex + 1;
}

function cidrEntry({ block, addresses }: InterfaceBlock, report: IpamdReport): [string, unknown] {
  const isPrefix = kindOf(block) === "prefix";
  const [IP, length] = isPrefix ? block.split("/") : [block, "32"];
  // Addresses are in it from the first time on that a pod has them.
  const given = addressDocuments(addresses, report);
  const since1100 = isSince(report.version, [1, 10, 0]);
  return [
    `${IP ?? ""}/${length ?? ""}`,
    {
      Cidr: { IP, Mask: Buffer.from([255, 255, 255, isPrefix ? 240 : 255]).toString("base64") },
      ...(since1100 ? { IPAddresses: given } : { IPv4Addresses: given }),
      IsPrefix: isPrefix,
      // The copy that is answered leaves it out.
      ...(since1100 ? { AddressFamily: "" } : {}),
    },
  ];
}

function addressDocuments(addresses: readonly AddressHistory[], report: IpamdReport): object {
  return Object.fromEntries(addresses.map((one) => [one.address, addressDocument(one, report)]));
}

function addressDocument(
  { address, holder, assignedAt, unassignedAt }: AddressHistory,
  { version, podOf }: IpamdReport,
): unknown {
  const pod = holder === undefined ? undefined : podOf(holder);
  // Blanked since 1.23.0, because they are all that a forged release of an address needs.
  const isOpen = !isSince(version, [1, 23, 0]);
  const IPAMKey = {
    networkName: holder === undefined ? "" : "aws-cni",
    containerID: holder !== undefined && isOpen ? containerId(holder) : "",
    ifName: holder !== undefined && isOpen ? "eth0" : "",
  };
  const UnassignedTime = time(unassignedAt);
  if (!isSince(version, [1, 11, 0])) return { IPAMKey, Address: address, UnassignedTime };
  return {
    Address: address,
    IPAMKey,
    IPAMMetadata: {
      ...(pod === undefined ? {} : { k8sPodNamespace: pod.namespace, k8sPodName: pod.name }),
      ...(pod !== undefined && isSince(version, [1, 20, 0]) ? { interfacesCount: 1 } : {}),
    },
    AssignedTime: time(assignedAt),
    UnassignedTime,
  };
}

/** Of a time before there were prefixes, when every address was listed, given or not. */
function everyAddress({ block, addresses }: InterfaceBlock): readonly AddressHistory[] {
  const never = { address: block, holder: undefined, assignedAt: undefined, unassignedAt: undefined };
  return addresses.length === 0 ? [never] : addresses;
}

/** No container runs; its id is made of the pod's uid, so that it stays the same. */
function containerId(uid: string): string {
  return createHash("sha256").update(uid).digest("hex");
}

/** As Go writes times; the zero one for what never was. */
function time(ms: number | undefined): string {
  return ms === undefined ? "0001-01-01T00:00:00Z" : new Date(ms).toISOString();
}
