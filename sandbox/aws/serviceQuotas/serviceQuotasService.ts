import * as z from "zod";
import { targetJsonAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import type { QuotaLedger, QuotaRequest } from "./quotaLedger";
import { VPC_QUOTAS, type Quota } from "./quotas";

/** What a call may give; each action looks at its own. */
const inputSchema = z.object({
  ServiceCode: z.string().optional(),
  QuotaCode: z.string().optional(),
  DesiredValue: z.number().optional(),
  RequestId: z.string().optional(),
});
type Input = z.infer<typeof inputSchema>;

/** Answers a call to Service Quotas. @throws AwsError for what it refuses, and by name for what isn't here. */
export type ServiceQuotasService = (request: AwsRequest, action: string) => AwsResponse;

/** Service Quotas, which knows those of VPCs, and raises them after a while when it is asked. */
export function serviceQuotasService(
  ledger: QuotaLedger,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): ServiceQuotasService {
  const described = ({ code, name }: Quota, value: number) => ({
    ServiceCode: "vpc",
    ServiceName: "Amazon Virtual Private Cloud (Amazon VPC)",
    QuotaArn: `arn:aws:servicequotas:${region}:${accountId}:vpc/${code}`,
    QuotaCode: code,
    QuotaName: name,
    Value: value,
    Unit: "None",
    Adjustable: true,
    GlobalQuota: false,
  });
  const inForce = (quota: Quota) => described(quota, ledger.valueOf(quota.code));
  const byDefault = (quota: Quota) => described(quota, quota.value);
  const describedRequest = (request: QuotaRequest) => ({
    Id: request.id,
    ServiceCode: "vpc",
    QuotaCode: request.quota.code,
    QuotaName: request.quota.name,
    DesiredValue: request.desired,
    Status: ledger.statusOf(request),
    // The JSON protocols tell times in seconds.
    Created: request.createdAt / 1000,
    GlobalQuota: false,
    Unit: "None",
  });
  const actions: Readonly<Record<string, (input: Input) => unknown>> = {
    GetServiceQuota: (input) => ({ Quota: inForce(quotaOf(input)) }),
    GetAWSDefaultServiceQuota: (input) => ({ Quota: byDefault(quotaOf(input)) }),
    ListServiceQuotas: (input) => ({ Quotas: quotasOf(input).map(inForce) }),
    ListAWSDefaultServiceQuotas: (input) => ({ Quotas: quotasOf(input).map(byDefault) }),
    RequestServiceQuotaIncrease: (input) => ({
      RequestedQuota: describedRequest(ledger.request(quotaOf(input), input.DesiredValue ?? 0)),
    }),
    GetRequestedServiceQuotaChange: ({ RequestId }) => {
      const found = ledger.requests().find(({ id }) => id === RequestId);
      if (found === undefined) throw notThere();
      return { RequestedQuota: describedRequest(found) };
    },
  };
  return (request, name) => {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) {
      throw new AwsError("UnknownOperationException", `Service Quotas' ${name} is not part of this sandbox.`);
    }
    return targetJsonAnswer(action(inputSchema.parse(JSON.parse(request.body.toString()))));
  };
}

function quotasOf({ ServiceCode }: Input): readonly Quota[] {
  if (ServiceCode === "vpc") return VPC_QUOTAS;
  throw notThere();
}

function quotaOf(input: Input): Quota {
  const found = quotasOf(input).find(({ code }) => code === input.QuotaCode);
  if (found === undefined) throw notThere();
  return found;
}

function notThere(): AwsError {
  return new AwsError(
    "NoSuchResourceException",
    "The request failed because the specified service or quota does not exist.",
  );
}
