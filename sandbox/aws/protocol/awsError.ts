/** An answer of AWS that is not the asked one: its code and message as the SDKs show them. */
export class AwsError extends Error {
  override readonly name = "AwsError";

  /**
   * @param code as AWS spells it: `InvalidSubnetID.NotFound`, `ResourceInUseException`.
   * @param status of HTTP; AWS answers 400 to nearly everything.
   * @param members further members of the error's shape, such as the clusterName of EKS's errors.
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
