import { z } from "zod";
import { isFinished, podName, type ClusterNode, type ClusterPod } from "../rotation/observation";
import { podEnis } from "../rotation/oldNode";

/** An ENI as ipamd of its node has it. */
export interface IpamdEni {
  readonly eniId: string;
  /** None before release 1.22.0 of the CNI. */
  readonly subnetId: string | undefined;
  /** Single addresses that it may give to pods. */
  readonly addresses: readonly string[];
  /** /28 blocks of which it may give addresses to pods. */
  readonly prefixes: readonly string[];
  /** Addresses that pods have, with `namespace/name` of each. */
  readonly given: readonly { readonly address: string; readonly pod: string }[];
}

const addressSchema = z.object({
  Address: z.string(),
  IPAMMetadata: z
    .object({ k8sPodNamespace: z.string().optional(), k8sPodName: z.string().optional() })
    .optional(),
});
const eniSchema = z.object({
  ID: z.string(),
  SubnetID: z.string().optional(),
  AvailableIPv4Cidrs: z
    .record(
      z.string(),
      z.object({ IPAddresses: z.record(z.string(), addressSchema).nullish(), IsPrefix: z.boolean() }),
    )
    .nullish(),
});
const cardSchema = z.object({ ENIs: z.record(z.string(), eniSchema) });
const documentSchema = z.union([
  cardSchema.transform((card) => [card]),
  z.record(z.string(), cardSchema).transform(Object.values),
]);

/**
 * Reads what ipamd answers on `/v1/enis`, in the shape of its releases from 1.11.0 on: keyed by network card since 1.20.0.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/ipamd/introspect.go and pkg/ipamd/datastore/data_store.go at the tags of releases.
 *
 * @returns none for a document of another shape.
 */
export function readIpamdEnis(document: unknown): IpamdEni[] | undefined {
  const reading = documentSchema.safeParse(document);
  if (!reading.success) return undefined;
  return (reading.data as z.output<typeof cardSchema>[]).flatMap(({ ENIs }) =>
    Object.values(ENIs).map(eniOf),
  );
}

function eniOf({ ID, SubnetID, AvailableIPv4Cidrs }: z.output<typeof eniSchema>): IpamdEni {
  const blocks = Object.entries(AvailableIPv4Cidrs ?? {});
  const named = (wanted: boolean) =>
    blocks.filter(([, { IsPrefix }]) => IsPrefix === wanted).map(([cidr]) => cidr);
  return {
    eniId: ID,
    subnetId: SubnetID,
    addresses: named(false).map((cidr) => cidr.replace(/\/32$/, "")),
    prefixes: named(true),
    given: blocks
      .flatMap(([, { IPAddresses }]) => Object.values(IPAddresses ?? {}))
      .flatMap(({ Address, IPAMMetadata: { k8sPodNamespace = "", k8sPodName = "" } = {} }) =>
        k8sPodName === "" ? [] : [{ address: Address, pod: `${k8sPodNamespace}/${k8sPodName}` }],
      ),
  };
}

/**
 * What ipamd of a node has otherwise than EC2 and the API server: ENIs, their subnets and addresses, and which pod has
 * which address. Pods that are ending may be in either state, and those with an ENI of their own (security groups for
 * pods) are none of ipamd's.
 *
 * @param pods those on the node.
 */
export function ipamdDifferences(
  node: ClusterNode,
  pods: readonly ClusterPod[],
  enis: readonly IpamdEni[],
): string[] {
  return [...eniDifferences(node, enis), ...podDifferences(node, pods, enis)];
}

function eniDifferences(node: ClusterNode, enis: readonly IpamdEni[]): string[] {
  const known = new Set(enis.map(({ eniId }) => eniId));
  const managed = [...node.enis.filter(({ isPrimary }) => isPrimary), ...podEnis(node)];
  const unknown = managed
    .filter(({ eniId }) => !known.has(eniId))
    .map(({ eniId }) => `EC2 shows ENI ${eniId}, which ipamd does not have`);
  const differing = enis.flatMap(({ eniId, subnetId, addresses, prefixes }) => {
    const eni = node.enis.find((one) => one.eniId === eniId);
    if (eni === undefined) return [`ipamd has ENI ${eniId}, which EC2 does not show there`];
    return [
      ...(subnetId === undefined || subnetId === eni.subnetId
        ? []
        : [`ENI ${eniId} is in ${subnetId} by ipamd, in ${eni.subnetId} by EC2`]),
      ...setDifferences(eniId, addresses, eni.secondaryAddresses),
      ...setDifferences(eniId, prefixes, eni.prefixes),
    ];
  });
  return [...unknown, ...differing];
}

function setDifferences(eniId: string, ofIpamd: readonly string[], ofEc2: readonly string[]): string[] {
  const [here, there] = [new Set(ofIpamd), new Set(ofEc2)];
  return [
    ...ofIpamd
      .filter((one) => !there.has(one))
      .map((one) => `ipamd has ${one} on ENI ${eniId}, EC2 does not`),
    ...ofEc2.filter((one) => !here.has(one)).map((one) => `EC2 has ${one} on ENI ${eniId}, ipamd does not`),
  ];
}

function podDifferences(
  { enis: ec2Enis }: ClusterNode,
  pods: readonly ClusterPod[],
  enis: readonly IpamdEni[],
): string[] {
  const given = enis.flatMap((eni) => eni.given);
  const known = new Set(pods.map(podName));
  const leaked = given
    .filter(({ pod }) => !known.has(pod))
    .map(({ address, pod }) => `ipamd keeps ${address} for pod ${pod}, which is not there`);
  // Behind a trunk, pods may have addresses of branch ENIs, which EC2 shows on no instance.
  if (ec2Enis.some(({ interfaceType }) => interfaceType === "trunk")) return leaked;
  const holders = new Map(given.map(({ address, pod }) => [address, pod]));
  const wrong = pods.flatMap((pod) => {
    if (pod.hostNetwork || pod.isTerminating || isFinished(pod) || pod.address === undefined) return [];
    const holder = holders.get(pod.address);
    if (holder === podName(pod)) return [];
    const said = `pod ${podName(pod)} has ${pod.address}, which ipamd has given to`;
    return [`${said} ${holder ?? "nobody"}`];
  });
  return [...leaked, ...wrong];
}
