import type { Command } from "../command";
import { EXIT_CODE } from "../exitCode";
import { operate, operationFlags } from "../operation";
import { requireYes } from "../requireYes";

const programFlags: Command["flags"] = {
  replace: { kind: "refusedText" },
  "target-replace": { kind: "refusedText" },
  "policy-pack": { kind: "refusedText" },
  "policy-pack-config": { kind: "refusedText" },
  "import-file": { kind: "refusedText" },
};

const doFlags: Command["flags"] = {
  yes: { kind: "switch", short: "y" },
  "skip-preview": { kind: "switch", short: "f" },
  "exclude-protected": { kind: "refused" },
};

export const preview: Command = {
  summary: "Tell what an update would do",
  flags: {
    ...operationFlags,
    ...programFlags,
    "save-plan": { kind: "text" },
    refresh: { kind: "switch", short: "r" },
  },
  run: (given, outside) =>
    operate("update", { preview: true, refresh: given.has("refresh") }, given, outside),
};

export const up: Command = {
  summary: "Bring the resources of a stack to what its program says",
  flags: {
    ...operationFlags,
    ...programFlags,
    ...doFlags,
    plan: { kind: "text" },
    refresh: { kind: "switch", short: "r" },
  },
  run: (given, outside) => {
    requireYes(given);
    return operate("update", { preview: false, refresh: given.has("refresh") }, given, outside);
  },
};

export const refresh: Command = {
  summary: "Bring the state of a stack in line with what is there",
  flags: {
    ...operationFlags,
    ...doFlags,
    "preview-only": { kind: "switch" },
    "clear-pending-creates": { kind: "switch" },
  },
  run: (given, outside) => {
    const isPreview = given.has("preview-only");
    if (!isPreview) requireYes(given, EXIT_CODE.failed);
    return operate("refresh", { preview: isPreview, refresh: false }, given, outside);
  },
};

export const destroy: Command = {
  summary: "Delete all resources of a stack",
  flags: {
    ...operationFlags,
    ...doFlags,
    "preview-only": { kind: "switch" },
    refresh: { kind: "switch", short: "r" },
    remove: { kind: "refused" },
  },
  run: (given, outside) => {
    const isPreview = given.has("preview-only");
    if (!isPreview) requireYes(given);
    return operate("destroy", { preview: isPreview, refresh: given.has("refresh") }, given, outside);
  },
};
