import { z } from "zod";

/** The syntax that every Pulumi backend takes for the name of a stack. */
const STACK_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

const text = (what: string) => z.string().min(1).describe(what);

const findingId = z
  .string()
  .regex(/^[A-Z0-9]+(-[A-Z0-9]+)*$/)
  .describe("the id of a finding of preflight, such as SNAT-EXTERNAL");

const accepted = z
  .union([findingId, z.strictObject({ id: findingId, reason: text("why, in a sentence").exactOptional() })])
  .describe("the id of a finding, such as SNAT-EXTERNAL, or an object of id and reason");

/** A number or a percentage. Judged by the rules of a rotation, which say more; the forms are for editors. */
const amount = (description: string, minimum: 0 | 1) =>
  z.unknown().meta({
    description,
    anyOf: [
      { type: "integer", minimum },
      { type: "string", pattern: "^\\d+%$" },
    ],
  });

const yes = (what: string) => z.boolean().describe(`${what}: true or false`);

const healthGate = z.strictObject({
  unreadyNodes: amount(
    "unready nodes above which no further node is begun, besides those that were so before, such as 1 or 10%",
    0,
  ).exactOptional(),
  unreadyWorkloads: amount(
    "workloads short of ready pods above which no further node is begun, besides those that were so before, such as 3 or 5%",
    0,
  ).exactOptional(),
  command: text("a command of the shell that ends with exit code 0 where all is well").exactOptional(),
});

const rotation = z.strictObject({
  maxUnavailable: amount("old nodes out of service at once, such as 3 or 10%", 1).exactOptional(),
  surge: amount(
    "workers beyond the number of old nodes that may exist at once, such as 3 or 10%; 0 drains an old node before its replacement is made",
    0,
  ).exactOptional(),
  podTimeoutSeconds: z
    .number()
    .describe("seconds for the pods of a node to move, such as 1800")
    .exactOptional(),
  nodeTimeoutSeconds: z.number().describe("seconds for a node to come or go, such as 900").exactOptional(),
  gracePeriodSeconds: z
    .number()
    .describe("seconds for a pod to end, such as 30; each pod's own when left out")
    .exactOptional(),
  podSelector: text(
    "a label selector, such as app=web; other pods stay, and so do their nodes",
  ).exactOptional(),
  deleteEmptyDirData: yes("whether pods with an emptyDir are evicted, which lose it").exactOptional(),
  restartSingleReplicas: yes(
    "whether workloads of one replica are moved by a rolling restart, which starts the new pod first",
  ).exactOptional(),
  deleteEmptyGroups: yes(
    "whether old groups without nodes are deleted, but those of another tool",
  ).exactOptional(),
  removeLeakedEnis: yes(
    "whether network interfaces that an old node has left behind are removed",
  ).exactOptional(),
  lowerWarmTargets: yes(
    "whether old nodes give unused addresses back meanwhile, where new workers lack some",
  ).exactOptional(),
  healthGate: healthGate
    .describe("when the rotation pauses: unreadyNodes, unreadyWorkloads, command")
    .exactOptional(),
});

/** The name of an environment: that of a stack, which no command takes for a flag, and no file system for a folder. */
export const environmentName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/)
  .describe(
    "a name of up to 100 letters, digits, -, _ and ., which begins with a letter, a digit or _, such as prod",
  );

const environment = z
  .strictObject({
    name: environmentName,
    stack: z
      .string()
      .regex(STACK_NAME)
      .describe(
        "the name of a Pulumi stack: letters, digits, -, _ and .; the environment's own when left out",
      )
      .exactOptional(),
    account: z
      .string()
      .regex(/^\d{12}$/)
      .describe(
        'the AWS account that the credentials must be of, 12 digits in quotes, such as "123456789012"; any when left out',
      )
      .exactOptional(),
    region: z
      .string()
      .regex(/^[a-z]{2,}(-[a-z]+)+-\d$/)
      .describe("an AWS Region, such as us-west-2"),
    cluster: z
      .string()
      .regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/)
      .describe("the name of the EKS cluster; the one of the stack's configuration when left out")
      .exactOptional(),
    profile: text("the name of an AWS profile; the ambient credentials hold when left out").exactOptional(),
    kubeconfig: text("the path of a kubeconfig; KUBECONFIG holds when left out").exactOptional(),
    kubeContext: text(
      "the name of a context of the kubeconfig; its current one holds when left out",
    ).exactOptional(),
    backend: z
      .string()
      .regex(/^(https?|s3|gs|azblob|file):\/\/\S+$/)
      .describe(
        "where Pulumi keeps the stack: s3://BUCKET, gs://, azblob://, file://FOLDER or https:// of Pulumi Cloud; PULUMI_BACKEND_URL holds when left out",
      )
      .exactOptional(),
    after: z
      .array(text("the name of an environment"))
      .describe("the environments that must be done before it: a list of names; none when left out")
      .exactOptional(),
    approval: z
      .literal("required")
      .describe(
        "required, where a person says yes before it is changed in a run of many; no need when left out",
      )
      .exactOptional(),
    rotation: rotation
      .describe("how old nodes are replaced: maxUnavailable, surge, podTimeoutSeconds and others")
      .exactOptional(),
    accept: z
      .array(accepted)
      .describe("findings of preflight that somebody has accepted: a list of ids, or of id and reason")
      .exactOptional(),
    mustReach: z
      .array(
        z
          .string()
          .regex(
            /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?:([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
          )
          .describe("a host and a port, such as ledger.example.com:5432"),
      )
      .describe("places that pods must still reach from their new addresses: a list of host:port")
      .exactOptional(),
  })
  .describe("an environment, such as { name: prod, region: us-west-2 }");

/** The file of environments, key by key. */
export const environmentsFile = z
  .strictObject({
    environments: z.array(environment).min(1).describe("a list of environments, with at least one entry"),
  })
  .describe("a list of environments, such as environments: [{ name: prod, region: us-west-2 }]");

/** An environment as the file has it, once its form is right. */
export type EnvironmentEntry = z.output<typeof environment>;
