import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";

/** Who calls, as STS says it. */
export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
}

/** Asks STS who calls. */
export async function callerIdentity(sts: STSClient, signal: AbortSignal): Promise<Caller> {
  const said = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
  return { accountId: said.Account ?? "", arn: said.Arn ?? "", userId: said.UserId ?? "" };
}
