import { sum } from "../sequence";
import { isFinished, type ClusterPod, type Room } from "./observation";

/** Room that is left, counted down as pods are placed. */
export interface Space {
  pods: number;
  cpuMillis: number;
  memoryBytes: number;
}

/** What takes room on a node: what runs there, and each daemon that is to come. */
export function occupants(running: readonly ClusterPod[], daemons: readonly ClusterPod[]): ClusterPod[] {
  const present = running.filter((pod) => !isFinished(pod));
  const controllers = new Set(present.map(({ controller }) => controller?.uid));
  return [...present, ...daemons.filter(({ controller }) => !controllers.has(controller?.uid))];
}

/** What of this room these pods leave. */
export function spaceLeft(room: Room, pods: readonly ClusterPod[]): Space {
  return {
    pods: room.pods - pods.length,
    cpuMillis: room.cpuMillis - sum(pods, ({ requests }) => requests.cpuMillis),
    memoryBytes: room.memoryBytes - sum(pods, ({ requests }) => requests.memoryBytes),
  };
}

/** Whether a pod has room there. */
export function fits({ requests }: ClusterPod, space: Space): boolean {
  return (
    space.pods >= 1 && space.cpuMillis >= requests.cpuMillis && space.memoryBytes >= requests.memoryBytes
  );
}

/** Places a pod there. */
export function take({ requests }: ClusterPod, space: Space): void {
  space.pods -= 1;
  space.cpuMillis -= requests.cpuMillis;
  space.memoryBytes -= requests.memoryBytes;
}

/** Pods by the larger of their shares of a worker's CPU and memory, the largest first. */
export function largestFirst(pods: readonly ClusterPod[], shape: Room): ClusterPod[] {
  const share = ({ requests }: ClusterPod) =>
    Math.max(requests.cpuMillis / shape.cpuMillis, requests.memoryBytes / shape.memoryBytes);
  return [...pods].sort((a, b) => share(b) - share(a));
}
