import { status, type ServiceError } from "@grpc/grpc-js";

type Callback<T> = (error: ServiceError | null, response: T) => void;

/** A call of the generated clients as a promise. */
export function unary<T>(call: (callback: Callback<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

/** Whether the other side has no such call. */
export function isUnimplemented(error: unknown): boolean {
  return (error as Partial<ServiceError>).code === status.UNIMPLEMENTED;
}

/** What an error of a call says, without the code that gRPC puts before it. */
export function detailsOf(error: unknown): string {
  const { details } = error as Partial<ServiceError>;
  if (details !== undefined && details !== "") return details;
  return error instanceof Error ? error.message : String(error);
}
