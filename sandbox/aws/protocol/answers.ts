import { randomUUID } from "node:crypto";
import type { AwsError } from "./awsError";
import type { AwsResponse } from "./awsRequest";
import { xmlOf, type XmlValue } from "./xml";

const AUTO_SCALING_NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/";
const IAM_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/";

/** An answer of a REST-JSON service, such as EKS. */
export function jsonAnswer(body: unknown, status = 200): AwsResponse {
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": randomUUID() },
    body: JSON.stringify(body),
  };
}

/** An answer of a service that is asked by `X-Amz-Target`, such as Service Quotas. */
export function targetJsonAnswer(body: unknown, status = 200): AwsResponse {
  const answer = jsonAnswer(body, status);
  return { ...answer, headers: { ...answer.headers, "content-type": "application/x-amz-json-1.1" } };
}

/** An answer of Auto Scaling. */
export function autoScalingAnswer(action: string, result: XmlValue): AwsResponse {
  return queryAnswer(AUTO_SCALING_NAMESPACE, action, result);
}

/** An answer of IAM. */
export function iamAnswer(action: string, result: XmlValue): AwsResponse {
  return queryAnswer(IAM_NAMESPACE, action, result);
}

/** What the action gives lies in an element of its own. */
function queryAnswer(namespace: string, action: string, result: XmlValue): AwsResponse {
  const given = result === undefined ? "" : xmlOf(`${action}Result`, result, "member");
  const metadata = xmlOf("ResponseMetadata", { RequestId: randomUUID() }, "member");
  return xmlAnswer(200, `<${action}Response xmlns="${namespace}">${given}${metadata}</${action}Response>`);
}

/** A refusal, in the way of the service's protocol. */
export function errorAnswer(service: string, error: AwsError): AwsResponse {
  if (service === "eks") {
    const { status, headers, body } = jsonAnswer({ message: error.message, ...error.members }, error.status);
    return { status, headers: { ...headers, "x-amzn-errortype": error.code }, body };
  }
  if (service === "servicequotas") {
    return targetJsonAnswer({ __type: error.code, message: error.message }, error.status);
  }
  if (service === "ec2") {
    const errors = { Error: { Code: error.code, Message: error.message } };
    return xmlAnswer(error.status, xmlOf("Response", { Errors: errors, RequestID: randomUUID() }, "item"));
  }
  const said = { Type: error.status < 500 ? "Sender" : "Receiver", Code: error.code, Message: error.message };
  return xmlAnswer(error.status, xmlOf("ErrorResponse", { Error: said, RequestId: randomUUID() }, "member"));
}

/** An answer of a query protocol. */
export function xmlAnswer(status: number, document: string): AwsResponse {
  return {
    status,
    headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  };
}
