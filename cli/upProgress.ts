import type { BringUpEvent } from "../automation/bringUp";
import { formatElapsed } from "./elapsed";
import type { Progress } from "./progress";
import { stackProgress } from "./stackResult";

/** Tells people how far bringing an environment up is. */
export function upProgress(name: string, progress: Progress): (event: BringUpEvent) => void {
  const onStackEvent = stackProgress(progress);
  return (event) => {
    switch (event.kind) {
      case "planning":
        if (event.because !== undefined) progress.say(`it would do something else by now: ${event.because}`);
        progress.step(event.because === undefined ? "Looking at what would change" : "Looking at it anew");
        break;
      case "updating":
        progress.step(`Changing ${name}`);
        break;
      case "cniVersion":
        progress.step(`Update ${event.step} of ${event.of}: the CNI goes to ${event.version}`);
        break;
      case "awsNode": {
        if (event.progress === undefined) {
          progress.step("Waiting for aws-node");
          break;
        }
        const { nodes, updated, available } = event.progress;
        progress.show([`${updated} of ${nodes} nodes have its new settings, ${available} are available`]);
        break;
      }
      case "controlPlane": {
        if (event.progress === undefined) {
          progress.step("Waiting for the control plane to reach the new range");
          break;
        }
        const { waitingFor, waitedSeconds } = event.progress;
        progress.show([`waited ${formatElapsed(waitedSeconds * 1000)} for ${waitingFor}`]);
        break;
      }
      default:
        onStackEvent(event);
    }
  };
}
