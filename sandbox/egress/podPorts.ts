import type { V1Container, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

/**
 * Whether something listens on a TCP port of a pod: a container that runs and declares the port. Nothing runs in the
 * sandbox's containers, so that what a pod says of itself is all that can be known.
 */
export function isListening({ spec, status }: V1Pod, port: number): boolean {
  if (status?.phase !== "Running") return false;
  const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
  const running = new Set(statuses.filter(isRunning).map(({ name }) => name));
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return containers.some((container) => running.has(container.name) && declares(container, port));
}

/** Whether a container runs; a state that is over may be told as null. */
export function isRunning({ state }: V1ContainerStatus): boolean {
  return (state?.running ?? undefined) !== undefined;
}

function declares({ ports = [] }: V1Container, port: number): boolean {
  return ports.some(({ containerPort, protocol = "TCP" }) => containerPort === port && protocol === "TCP");
}
