import type { Clock } from "../clock";
import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import { readQueryForm } from "../protocol/queryForm";
import { parseXml, renderXml, type XmlElement } from "../protocol/xml";

/** Reads that lag behind changes, as those of AWS may: its services are eventually consistent. */
export interface StaleReads {
  /** Notes that a call has changed a service, and what it answered. */
  changed(request: AwsRequest, answer: AwsResponse): void;
  /** Keeps what a read answers now, for the time after the next change. */
  keep(request: AwsRequest, answer: AwsResponse): void;
  /** Whether a service has changed in the last seconds. */
  lags(service: string, seconds: number): boolean;
  /**
   * What a read would have answered before the changes of the last seconds: the same as when it was asked last, else what
   * it answers now without what has come into being since.
   *
   * @param now the answer of now.
   * @throws AwsError such as InvalidSubnetID.NotFound for a read of EC2 that names what is too new.
   */
  past(request: AwsRequest, seconds: number, now: AwsResponse): AwsResponse;
}

/** So many questions are remembered. */
const KEPT = 1_000;

/** Codes that are not made as the others are: `Invalid`, the kind, `ID.NotFound`. */
const NOT_FOUND: Readonly<Record<string, string>> = {
  eni: "InvalidNetworkInterfaceID.NotFound",
  i: "InvalidInstanceID.NotFound",
  lt: "InvalidLaunchTemplateId.NotFound",
  nat: "NatGatewayNotFound",
  pcx: "InvalidVpcPeeringConnectionID.NotFound",
  rtb: "InvalidRouteTableID.NotFound",
  sg: "InvalidGroup.NotFound",
  subnet: "InvalidSubnetID.NotFound",
  vpc: "InvalidVpcID.NotFound",
};

/** Reads of an AWS in which nothing has happened yet. */
export function staleReads(clock: Pick<Clock, "now">): StaleReads {
  const changedAt = new Map<string, number>();
  const bornAt = new Map<string, number>();
  const answers = new Map<string, AwsResponse>();
  const since = (at: number | undefined, seconds: number) =>
    at !== undefined && clock.now() < at + seconds * 1000;

  return {
    changed: (request, answer) => {
      changedAt.set(request.service, clock.now());
      if (request.service !== "ec2") return;
      const asked = request.body.toString();
      for (const id of idsIn(answer.body.toString())) {
        if (!asked.includes(id)) bornAt.set(id, clock.now());
      }
    },
    keep: (request, answer) => {
      answers.set(questionOf(request), answer);
      const [oldest] = answers.keys();
      if (answers.size > KEPT && oldest !== undefined) answers.delete(oldest);
    },
    lags: (service, seconds) => since(changedAt.get(service), seconds),
    past: (request, seconds, now) => {
      const before = answers.get(questionOf(request));
      if (before !== undefined) return before;
      if (request.service !== "ec2" || now.status !== 200) return now;
      const isNew = (id: string) => since(bornAt.get(id), seconds);
      for (const [name, value] of readQueryForm(request.body)) {
        if (!name.startsWith("Filter.") && isNew(value)) throw notFound(value);
      }
      return xmlAnswer(200, renderXml(without(parseXml(now.body.toString()), isNew)));
    },
  };
}

/** The same for the same call, however it is signed. */
function questionOf({ service, method, path, query, body }: AwsRequest): string {
  return [service, method, path, query.toString(), body.toString()].join("\n");
}

/** Ids of EC2, such as subnet-0123456789abcdef0. */
function idsIn(document: string): string[] {
  return [...document.matchAll(/>((?:[a-z]+-)+[0-9a-f]{8,17})</g)].map(([, id = ""]) => id);
}

/** A document without the items that name something new. */
function without(element: XmlElement, isNew: (id: string) => boolean): XmlElement {
  const namesNew = (one: XmlElement) => one.name === "item" && one.children.some(({ text }) => isNew(text));
  return {
    ...element,
    children: element.children.filter((one) => !namesNew(one)).map((one) => without(one, isNew)),
  };
}

function notFound(id: string): AwsError {
  const kind = id.slice(0, id.lastIndexOf("-"));
  return new AwsError(NOT_FOUND[kind] ?? "InvalidID.NotFound", `The ID '${id}' does not exist`);
}
