import type { Command } from "./command";

/** A command as `podnet --help` lists it. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads it when it runs, so that no command pays for the libraries of another. */
  readonly load: () => Command;
}

/* eslint-disable @typescript-eslint/no-require-imports -- import() would leave CommonJS, and with it ts-node */

/** Every command, in the order in which people meet them. */
export const commands: readonly CommandEntry[] = [
  {
    name: "check-cidr",
    summary: "say whether a block may be added to a VPC, and which are free",
    load: () => (require("./commands/checkCidr") as typeof import("./commands/checkCidr")).checkCidr,
  },
  {
    name: "plan",
    summary: "cut blocks into pod subnets per zone",
    load: () => (require("./commands/plan") as typeof import("./commands/plan")).plan,
  },
  {
    name: "max-pods",
    summary: "compute how many pods nodes may run",
    load: () => (require("./commands/maxPods") as typeof import("./commands/maxPods")).maxPods,
  },
  {
    name: "size",
    summary: "compute the addresses that a fleet of nodes takes",
    load: () => (require("./commands/size") as typeof import("./commands/size")).size,
  },
  {
    name: "user-data",
    summary: "print the user data of nodes",
    load: () => (require("./commands/userData") as typeof import("./commands/userData")).userData,
  },
  {
    name: "aws-node-env",
    summary: "print the environment of aws-node, or the add-on's configuration",
    load: () => (require("./commands/awsNodeEnv") as typeof import("./commands/awsNodeEnv")).awsNodeEnv,
  },
];
