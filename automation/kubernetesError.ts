/** The API server refused, or did not answer. */
export class KubernetesError extends Error {
  override readonly name = "KubernetesError";
  readonly fix: string;

  /**
   * @param what was asked, such as `GET /api/v1/nodes`.
   * @param status of HTTP; 0 when there was no answer.
   * @param said the message of the Status object, or what broke.
   * @param details of the Status object.
   */
  constructor(
    readonly what: string,
    readonly status: number,
    readonly said: string,
    readonly details: StatusDetails = {},
    options?: ErrorOptions,
  ) {
    super(`${what}: ${status === 0 ? "no answer" : `${status}`}: ${said}`, options);
    this.fix =
      status === 401 || status === 403
        ? "Give the kubeconfig's user this permission, or use another one."
        : "Look whether the API server is well and can be reached; then do it again.";
  }
}

/** `details` of a Status object. */
export interface StatusDetails {
  readonly causes?: readonly { readonly reason: string; readonly message: string }[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Whether an error is an answer of the API server with this status. */
export function isStatus(error: unknown, status: number): error is KubernetesError {
  return error instanceof KubernetesError && error.status === status;
}
