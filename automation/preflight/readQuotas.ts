import { paginateDescribeNetworkInterfaces } from "@aws-sdk/client-ec2";
import { paginateListServiceQuotas, type ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { isNotSeen } from "../../planning/preflight/finding";
import { DEFAULT_QUOTAS, type Quota, type Quotas } from "../../planning/preflight/quotas";
import type { VpcOutside } from "./vpcOutside";
import { seen } from "./seen";

/** Service Quotas has no endpoint in many private networks; nobody should wait for it. */
const PATIENCE_MS = 10_000;

/**
 * Reads the quotas of VPCs. Needs servicequotas:ListServiceQuotas; where that is not allowed or does not answer, AWS's
 * defaults are taken, and said to be that. ec2:DescribeNetworkInterfaces counts what is used.
 */
export async function readQuotas(
  outside: VpcOutside & { readonly serviceQuotas: ServiceQuotasClient },
): Promise<Quotas> {
  const [values, interfacesInRegion] = await Promise.all([
    readValues(outside),
    seen("the network interfaces of the Region", () => countInterfaces(outside)),
  ]);
  const quota = (name: keyof typeof DEFAULT_QUOTAS): Quota => {
    const given = DEFAULT_QUOTAS[name];
    const value = values.get(given.code);
    return { ...given, value: value ?? given.value, isDefault: value === undefined };
  };
  return {
    cidrBlocksPerVpc: quota("cidrBlocksPerVpc"),
    subnetsPerVpc: quota("subnetsPerVpc"),
    routeTablesPerVpc: quota("routeTablesPerVpc"),
    routesPerTable: quota("routesPerTable"),
    interfacesPerRegion: quota("interfacesPerRegion"),
    groupsPerInterface: quota("groupsPerInterface"),
    networkAddressUsage: quota("networkAddressUsage"),
    interfacesInRegion: isNotSeen(interfacesInRegion) ? undefined : interfacesInRegion,
  };
}

async function readValues({
  serviceQuotas,
  signal,
}: {
  readonly serviceQuotas: ServiceQuotasClient;
  readonly signal: AbortSignal;
}): Promise<ReadonlyMap<string, number>> {
  const values = new Map<string, number>();
  const pages = paginateListServiceQuotas(
    { client: serviceQuotas },
    { ServiceCode: "vpc" },
    { abortSignal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) },
  );
  try {
    for await (const { Quotas: found = [] } of pages) {
      for (const { QuotaCode = "", Value } of found) if (Value !== undefined) values.set(QuotaCode, Value);
    }
  } catch {
    // Whatever it was: each quota that is not there is told to be AWS's default.
    signal.throwIfAborted();
  }
  return values;
}

async function countInterfaces({ ec2, signal }: VpcOutside): Promise<number> {
  let count = 0;
  const pages = paginateDescribeNetworkInterfaces(
    { client: ec2, pageSize: 1000 },
    {},
    { abortSignal: signal },
  );
  for await (const { NetworkInterfaces = [] } of pages) count += NetworkInterfaces.length;
  return count;
}
