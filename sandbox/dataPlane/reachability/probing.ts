import type { ApiServer } from "../cluster/apiServer";
import { ApiError } from "../cluster/apiServer";
import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import { addressOf, serviceOf, type Need, type ServiceName } from "./needs";
import type { NetworkView } from "./network";
import { verdictOf } from "./verdict";

/** Where a name leads: to one or several ends, each of which a connection may be given to. */
type Ends = readonly { readonly address: string; readonly port: number }[];

/**
 * Tries to reach what pods need, as their readiness probes would. Names of Services are looked up once, so one of these is
 * for one round of probes.
 */
export class Prober {
  private readonly looked = new Map<string, Promise<Ends | string>>();

  constructor(
    private readonly network: NetworkView,
    private readonly api: Pick<ApiServer, "call">,
  ) {}

  /**
   * Probes from a pod's address.
   *
   * @returns nothing when everything is reached, else what the probe of the first need that is not says, and why.
   */
  async failureOf(
    { address, namespace }: { readonly address: string; readonly namespace: string },
    needs: readonly Need[],
  ): Promise<string | undefined> {
    for (const need of needs) {
      const ends = await this.endsOf(need, namespace);
      if (typeof ends === "string") return ends;
      for (const end of ends) {
        const verdict = verdictOf({ source: address, target: end.address, port: end.port }, this.network);
        if (!verdict.admitted) return `dial tcp ${end.address}:${end.port}: i/o timeout (${verdict.by})`;
      }
    }
    return undefined;
  }

  /** @returns as text what a probe says of a name that leads nowhere. */
  private async endsOf({ host, port }: Need, namespace: string): Promise<Ends | string> {
    const address = addressOf(host);
    if (address !== undefined) return [{ address, port }];
    const service = serviceOf(host, namespace);
    if (service === undefined) return `dial tcp: lookup ${host}: no such host`;
    const key = `${service.namespace}/${service.name}:${port}`;
    const looking = this.looked.get(key) ?? this.endsOfService(service, port);
    this.looked.set(key, looking);
    return await looking;
  }

  private async endsOfService({ name, namespace }: ServiceName, port: number): Promise<Ends | string> {
    const host = `${name}.${namespace}.svc.cluster.local`;
    const service = await this.find<V1Service>(`/api/v1/namespaces/${namespace}/services/${name}`);
    if (service === undefined) return `dial tcp: lookup ${host}: no such host`;
    const query = new URLSearchParams({ labelSelector: `kubernetes.io/service-name=${name}` });
    const slices = await this.find<{ items: V1EndpointSlice[] }>(
      `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?${query.toString()}`,
    );
    const isHeadless = service.spec?.clusterIP === "None";
    const servicePort = service.spec?.ports?.find((one) => one.port === port);
    const ends = (slices?.items ?? []).flatMap(({ endpoints = [], ports = [] }) => {
      const ofPort = ports.find(({ name: portName = "" }) => portName === (servicePort?.name ?? ""))?.port;
      const target = isHeadless ? port : ofPort;
      if (target === undefined || (servicePort === undefined && !isHeadless)) return [];
      const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
      return ready.flatMap(({ addresses }) => addresses.map((address) => ({ address, port: target })));
    });
    return ends.length > 0 ? ends : `dial tcp ${host}:${port}: connect: connection refused`;
  }

  private async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.api.call<T>("GET", path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}
