/**
 * Arguments of a component, as `initialize` reads them and the engine does not see them.
 *
 * Inputs of a component that the engine records make a change of the component out of every change of an argument, even
 * where no resource changes. The engine is given an object's own properties; these are inherited.
 */
export function unrecorded<T extends object>(args: T): T {
  return Object.create(args) as T;
}
