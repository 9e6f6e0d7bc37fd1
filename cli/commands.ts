import type { Command } from "./command";

/** A command as help lists it. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads it when it runs, so that no command pays for the libraries of another. */
  readonly load: () => Command;
}

/** Commands about one thing, behind its name: `podnet sandbox up`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  /** What help prints below its commands: examples first. */
  readonly help: string;
  readonly commands: readonly CommandEntry[];
}

/* eslint-disable @typescript-eslint/no-require-imports -- import() would leave CommonJS, and with it ts-node */

/** Every command, in the order in which people meet them. */
export const commands: readonly (CommandEntry | CommandGroup)[] = [
  {
    name: "demo",
    summary: "migrate an old cluster on this computer from end to end, and prove it",
    load: () => (require("./commands/demo") as typeof import("./commands/demo")).demo,
  },
  {
    name: "preflight",
    summary: "say what would go wrong with a cluster, before anything is changed",
    load: () => (require("./commands/preflight") as typeof import("./commands/preflight")).preflight,
  },
  {
    name: "permissions",
    summary: "print the least permissions that the steps need, of IAM and of Kubernetes",
    load: () => (require("./commands/permissions") as typeof import("./commands/permissions")).permissions,
  },
  {
    name: "init",
    summary: "propose an environment and its stack from a live cluster",
    load: () => (require("./commands/init") as typeof import("./commands/init")).init,
  },
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
  {
    name: "preview",
    summary: "show what up would change",
    load: () => (require("./commands/preview") as typeof import("./commands/preview")).preview,
  },
  {
    name: "migrate",
    summary: "do it all: preflight, up, rotate, verify and report, asking before each change",
    load: () => (require("./commands/migrate") as typeof import("./commands/migrate")).migrate,
  },
  {
    name: "up",
    summary: "make the range, the subnets, the CNI's settings and new workers",
    load: () => (require("./commands/up") as typeof import("./commands/up")).up,
  },
  {
    name: "rotate",
    summary: "replace old nodes, batch by batch, under the disruption budgets",
    load: () => (require("./commands/rotate") as typeof import("./commands/rotate")).rotate,
  },
  {
    name: "rollback",
    summary: "take the pods back to the subnets of nodes, and everything of the pod network away",
    load: () => (require("./commands/rollback") as typeof import("./commands/rollback")).rollback,
  },
  {
    name: "explain",
    summary: "say of a node or a pod what a rotation does with it, and why",
    load: () => (require("./commands/explain") as typeof import("./commands/explain")).explain,
  },
  {
    name: "verify",
    summary: "prove that every pod is in the pod subnets",
    load: () => (require("./commands/verify") as typeof import("./commands/verify")).verify,
  },
  {
    name: "status",
    summary: "say how far each environment is, and what is to be done next",
    load: () => (require("./commands/status") as typeof import("./commands/status")).status,
  },
  {
    name: "report",
    summary: "write one HTML file that shows how an environment moved",
    load: () => (require("./commands/report") as typeof import("./commands/report")).report,
  },
  {
    name: "drift",
    summary: "say what of an environment is not as its stack says",
    load: () => (require("./commands/drift") as typeof import("./commands/drift")).drift,
  },
  {
    name: "doctor",
    summary: "say which programs, which AWS and which cluster are used here, and what is missing",
    load: () => (require("./commands/doctor") as typeof import("./commands/doctor")).doctor,
  },
  {
    name: "sandbox",
    summary: "an AWS and an EKS cluster on this computer",
    help: `Examples:
  podnet sandbox up                          # an old cluster of 6 nodes, on this computer
  eval "$(podnet sandbox env)"               # from now on kubectl, aws and podnet speak to it
  podnet sandbox status
  podnet sandbox down                        # nothing of it stays

It listens on 127.0.0.1 only. The first time its programs are built, which takes some minutes.`,
    commands: [
      {
        name: "up",
        summary: "start it",
        load: () => (require("./commands/sandboxUp") as typeof import("./commands/sandboxUp")).sandboxUp,
      },
      {
        name: "status",
        summary: "say what of it runs, and whether it is well",
        load: () =>
          (require("./commands/sandboxStatus") as typeof import("./commands/sandboxStatus")).sandboxStatus,
      },
      {
        name: "list",
        summary: "name all sandboxes, and say where they listen",
        load: () =>
          (require("./commands/sandboxList") as typeof import("./commands/sandboxList")).sandboxList,
      },
      {
        name: "worlds",
        summary: "list what a sandbox may start with",
        load: () =>
          (require("./commands/sandboxWorlds") as typeof import("./commands/sandboxWorlds")).sandboxWorlds,
      },
      {
        name: "env",
        summary: "print the environment in which tools find it",
        load: () => (require("./commands/sandboxEnv") as typeof import("./commands/sandboxEnv")).sandboxEnv,
      },
      {
        name: "logs",
        summary: "print what its parts write",
        load: () =>
          (require("./commands/sandboxLogs") as typeof import("./commands/sandboxLogs")).sandboxLogs,
      },
      {
        name: "fault",
        summary: "let calls to its AWS go wrong: throttled, failed, unanswered, stale",
        load: () =>
          (require("./commands/sandboxFault") as typeof import("./commands/sandboxFault")).sandboxFault,
      },
      {
        name: "faults",
        summary: "list what goes wrong on request, or end it",
        load: () =>
          (require("./commands/sandboxFaults") as typeof import("./commands/sandboxFaults")).sandboxFaults,
      },
      {
        name: "recognise",
        summary: "have its control plane reach a block that was associated later",
        load: () =>
          (require("./commands/sandboxRecognise") as typeof import("./commands/sandboxRecognise"))
            .sandboxRecognise,
      },
      {
        name: "reset",
        summary: "take it back to its world as it was at the start",
        load: () =>
          (require("./commands/sandboxReset") as typeof import("./commands/sandboxReset")).sandboxReset,
      },
      {
        name: "down",
        summary: "stop it, and remove everything of it",
        load: () =>
          (require("./commands/sandboxDown") as typeof import("./commands/sandboxDown")).sandboxDown,
      },
    ],
  },
];
