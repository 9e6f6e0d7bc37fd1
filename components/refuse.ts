import * as pulumi from "@pulumi/pulumi";
import { InvalidInputError, type Problem } from "../planning/problem";
import { withoutTrace } from "./withoutTrace";

/**
 * Says at a component what forbids it, all at once and without a trace of the program's own calls.
 *
 * @throws ResourceError where there is a problem.
 */
export function refuse(component: pulumi.Resource, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const { message } = new InvalidInputError(problems);
  const error = withoutTrace(new pulumi.ResourceError(message, component, true));
  // Every output that waits for a component that is refused would have its name written before the message.
  Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
  throw error;
}

/**
 * Does something whose refusal is said at a component.
 *
 * @throws ResourceError where the input is refused; what it throws otherwise.
 */
export function orRefuse<T>(component: pulumi.Resource, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof InvalidInputError) refuse(component, error.problems);
    throw error;
  }
}
