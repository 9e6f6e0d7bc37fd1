import { AwsError } from "../protocol/awsError";

/** @returns EKS's answer for a thing that isn't there. */
export function notFound(message: string, members: Readonly<Record<string, unknown>> = {}): AwsError {
  return new AwsError("ResourceNotFoundException", message, 404, members);
}

/** @returns EKS's answer for a thing that is there already, or busy. */
export function inUse(message: string, members: Readonly<Record<string, unknown>> = {}): AwsError {
  return new AwsError("ResourceInUseException", message, 409, members);
}

/** @returns EKS's answer for an argument that can't be. */
export function invalidParameter(message: string, members: Readonly<Record<string, unknown>> = {}): AwsError {
  return new AwsError("InvalidParameterException", message, 400, members);
}

/** @returns the answer for what EKS can do and this sandbox can't. */
export function notInSandbox(what: string): AwsError {
  return new AwsError("InvalidRequestException", `${what} is not part of this sandbox.`, 400);
}
