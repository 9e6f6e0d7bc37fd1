import type { Command } from "./command";

/** Loads a command: only the one that is asked for, since a command is a process of its own. */
export type Load = () => Command;

/* eslint-disable @typescript-eslint/no-require-imports -- import() would leave CommonJS */

/** All commands, by their words. What is not here is refused. */
export const commands: Readonly<Record<string, Load>> = {
  version: () => (require("./commands/version") as typeof import("./commands/version")).version,
  whoami: () => (require("./commands/whoami") as typeof import("./commands/whoami")).whoami,
  stack: () => (require("./commands/stack") as typeof import("./commands/stack")).stack,
  "stack init": () => (require("./commands/stackInit") as typeof import("./commands/stackInit")).stackInit,
  "stack select": () =>
    (require("./commands/stackSelect") as typeof import("./commands/stackSelect")).stackSelect,
  "stack ls": () => (require("./commands/stackLs") as typeof import("./commands/stackLs")).stackLs,
  "stack rm": () => (require("./commands/stackRm") as typeof import("./commands/stackRm")).stackRm,
  "stack output": () =>
    (require("./commands/stackOutput") as typeof import("./commands/stackOutput")).stackOutput,
  "stack history": () =>
    (require("./commands/stackHistory") as typeof import("./commands/stackHistory")).stackHistory,
  "stack export": () =>
    (require("./commands/stackExport") as typeof import("./commands/stackExport")).stackExport,
  "stack import": () =>
    (require("./commands/stackImport") as typeof import("./commands/stackImport")).stackImport,
  "state unprotect": () =>
    (require("./commands/stateUnprotect") as typeof import("./commands/stateUnprotect")).stateUnprotect,
  "stack tag get": () => (require("./commands/stackTag") as typeof import("./commands/stackTag")).stackTagGet,
  "stack tag set": () => (require("./commands/stackTag") as typeof import("./commands/stackTag")).stackTagSet,
  "stack tag rm": () => (require("./commands/stackTag") as typeof import("./commands/stackTag")).stackTagRm,
  "stack tag ls": () => (require("./commands/stackTag") as typeof import("./commands/stackTag")).stackTagLs,
  config: () => (require("./commands/config") as typeof import("./commands/config")).config,
  "config get": () => (require("./commands/configGet") as typeof import("./commands/configGet")).configGet,
  "config set": () => (require("./commands/configSet") as typeof import("./commands/configSet")).configSet,
  "config set-all": () =>
    (require("./commands/configSetAll") as typeof import("./commands/configSetAll")).configSetAll,
  "config rm": () => (require("./commands/configRm") as typeof import("./commands/configRm")).configRm,
  "config rm-all": () => (require("./commands/configRm") as typeof import("./commands/configRm")).configRmAll,
  "config refresh": () =>
    (require("./commands/configRefresh") as typeof import("./commands/configRefresh")).configRefresh,
  "plugin ls": () => (require("./commands/plugin") as typeof import("./commands/plugin")).pluginLs,
  "plugin install": () => (require("./commands/plugin") as typeof import("./commands/plugin")).pluginInstall,
  preview: () => (require("./commands/operations") as typeof import("./commands/operations")).preview,
  up: () => (require("./commands/operations") as typeof import("./commands/operations")).up,
  refresh: () => (require("./commands/operations") as typeof import("./commands/operations")).refresh,
  destroy: () => (require("./commands/operations") as typeof import("./commands/operations")).destroy,
  cancel: () => (require("./commands/cancel") as typeof import("./commands/cancel")).cancel,
  "org get-default": () => (require("./commands/org") as typeof import("./commands/org")).orgGetDefault,
};
