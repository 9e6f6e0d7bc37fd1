import { AwsError } from "../protocol/awsError";
import type { FaultKindName } from "./faultKinds";

/** Kinds that are a refusal. */
export type RefusingKind = Extract<
  FaultKindName,
  "throttle" | "error" | "unavailable" | "expired-credentials" | "access-denied"
>;

/** What an answer says: code, message, status of HTTP. */
type Said = readonly [string, string, number];

const DENIED = "User is not authorized to perform this action";
const EXPIRED = "The security token included in the request is expired";

/**
 * What each service says, in its own words.
 *
 * Sources: "Error codes for the Amazon EC2 API"; "Common errors" of the API references of Auto Scaling, EKS, IAM and
 * Service Quotas.
 */
const ERRORS: Readonly<Record<string, Readonly<Record<RefusingKind, Said>>>> = {
  ec2: {
    throttle: ["RequestLimitExceeded", "Request limit exceeded.", 503],
    error: ["InternalError", "An internal error has occurred", 500],
    unavailable: ["Unavailable", "The service is unavailable. Please try again shortly.", 503],
    "expired-credentials": ["RequestExpired", "Request has expired.", 400],
    "access-denied": ["UnauthorizedOperation", "You are not authorized to perform this operation.", 403],
  },
  eks: {
    throttle: ["TooManyRequestsException", "Too Many Requests", 429],
    error: ["ServerException", "Internal server error", 500],
    unavailable: ["ServiceUnavailableException", "Service is unavailable", 503],
    "expired-credentials": ["ExpiredTokenException", EXPIRED, 403],
    "access-denied": ["AccessDeniedException", DENIED, 403],
  },
  servicequotas: {
    throttle: ["TooManyRequestsException", "Too Many Requests", 400],
    error: ["ServiceException", "Internal server error", 500],
    unavailable: ["ServiceUnavailable", "Service is unavailable", 503],
    "expired-credentials": ["ExpiredTokenException", EXPIRED, 400],
    "access-denied": ["AccessDeniedException", DENIED, 400],
  },
};

/** Auto Scaling, IAM and STS. */
const QUERY_ERRORS: Readonly<Record<RefusingKind, Said>> = {
  throttle: ["Throttling", "Rate exceeded", 400],
  error: ["InternalFailure", "An internal error has occurred", 500],
  unavailable: ["ServiceUnavailable", "Service is unavailable", 503],
  "expired-credentials": ["ExpiredToken", EXPIRED, 403],
  "access-denied": ["AccessDenied", DENIED, 403],
};

/** How a service refuses a call by a fault of the kind. */
export function faultError(kind: RefusingKind, service: string): AwsError {
  return new AwsError(...(ERRORS[service] ?? QUERY_ERRORS)[kind]);
}
