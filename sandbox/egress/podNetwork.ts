import type { V1Node, V1Pod, V1PodList } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "../dataPlane/cluster/apiServer";
import { introspect, INTROSPECTION_PORT } from "../dataPlane/introspection/introspection";
import type { IpamdReport } from "../dataPlane/introspection/ipamdReport";
import { METRICS_PORT, metricsText } from "../dataPlane/introspection/metrics";
import { NOBODY_LISTENS, type Attempt } from "./connection";
import { HttpOverConnections, type HttpAnswers } from "./httpAnswers";
import { isListening } from "./podPorts";

/** What is to be known of a cluster to answer in the place of its pods. */
export interface PodNetworkOutside {
  readonly api: Pick<ApiServer, "call">;
  /** What ipamd of a node can tell of itself; nothing where none runs. */
  readonly ipamdReport: (nodeName: string) => IpamdReport | undefined;
}

/** What listens in pods and on nodes. All of it answers HTTP, and nothing of it is a program. */
export class PodNetwork {
  private readonly http = new HttpOverConnections();

  constructor(private readonly outside: PodNetworkOutside) {}

  /** A connection from elsewhere to an address that a pod has. */
  async at(address: string, port: number): Promise<Attempt> {
    const query = new URLSearchParams({ fieldSelector: `status.podIP=${address}` });
    const { items } = await this.outside.api.call<V1PodList>("GET", `/api/v1/pods?${query.toString()}`);
    const there = items.filter(({ status }) => status?.phase === "Running");
    if (there.length === 0) return { refused: "i/o timeout", why: `no pod has ${address}` };
    for (const pod of there) {
      const answers = this.answersOf(pod, port);
      if (answers !== undefined) return this.serving(answers);
    }
    return NOBODY_LISTENS;
  }

  /** A connection to localhost in the network of a pod, as port-forward makes it: also to what listens on loopback alone. */
  inside(pod: V1Pod, port: number): Attempt {
    const answers = this.loopbackAnswersOf(pod, port) ?? this.answersOf(pod, port);
    return answers === undefined ? NOBODY_LISTENS : this.serving(answers);
  }

  /** A node's own address, by its name; nothing where there is no such node. */
  async nodeAddress(nodeName: string): Promise<string | undefined> {
    try {
      const { status } = await this.outside.api.call<V1Node>("GET", `/api/v1/nodes/${nodeName}`);
      return status?.addresses?.find(({ type }) => type === "InternalIP")?.address;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  private serving(answers: HttpAnswers): Attempt {
    return {
      serve: (connection) => {
        this.http.serve(connection, answers);
      },
    };
  }

  private answersOf(pod: V1Pod, port: number): HttpAnswers | undefined {
    if (isAwsNode(pod) && port === METRICS_PORT) {
      return this.ipamdAnswers(pod, "DISABLE_METRICS", (_, report) => ({
        contentType: "text/plain; version=0.0.4; charset=utf-8",
        body: metricsText(report),
      }));
    }
    return isListening(pod, port) ? () => greeting(pod) : undefined;
  }

  /** ipamd's introspection is on the loopback address of the node, and of pods on the node's network. */
  private loopbackAnswersOf(pod: V1Pod, port: number): HttpAnswers | undefined {
    if (port !== INTROSPECTION_PORT || pod.spec?.hostNetwork !== true) return undefined;
    return this.ipamdAnswers(pod, "DISABLE_INTROSPECTION", (path, report) => ({
      contentType: "text/plain; charset=utf-8",
      body: JSON.stringify(introspect(path, report)),
    }));
  }

  /** Answers of ipamd on a pod's node; none where it does not run, or is told not to give them. */
  private ipamdAnswers(
    { spec }: V1Pod,
    disabledBy: string,
    answer: (path: string, report: IpamdReport) => ReturnType<HttpAnswers>,
  ): HttpAnswers | undefined {
    const report = this.outside.ipamdReport(spec?.nodeName ?? "");
    if (report === undefined || /^(1|t|true)$/i.test(report.env[disabledBy] ?? "")) return undefined;
    return (path) => answer(path, report);
  }
}

function isAwsNode({ metadata }: V1Pod): boolean {
  return metadata?.namespace === "kube-system" && metadata.labels?.["k8s-app"] === "aws-node";
}

function greeting({ metadata, spec, status }: V1Pod): ReturnType<HttpAnswers> {
  return {
    contentType: "text/plain; charset=utf-8",
    body: [
      `pod ${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
      `node ${spec?.nodeName ?? ""}`,
      `address ${status?.podIP ?? ""}`,
      "",
    ].join("\n"),
  };
}
