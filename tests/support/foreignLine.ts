import * as autoScaling from "@aws-sdk/client-auto-scaling";
import * as ec2 from "@aws-sdk/client-ec2";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as serviceQuotas from "@aws-sdk/client-service-quotas";
import * as sts from "@aws-sdk/client-sts";

/** AWS's clients, by the names that the aws CLI has for their services. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  autoscaling: autoScaling,
  ec2,
  eks,
  iam,
  "service-quotas": serviceQuotas,
  sts,
};

/** Flags of the aws CLI itself, and short forms that it has for members of structures. */
const AWS_FLAGS = [
  ...["--query", "--output", "--region", "--profile", "--max-items", "--endpoint-url"],
  ...["--protocol", "--port", "--cidr"],
];

/** What is done by the aws CLI alone. */
const AWS_ALONE: Readonly<Record<string, readonly string[]>> = {
  "eks update-kubeconfig": ["--name", "--alias", "--kubeconfig"],
};

const plain = (name: string) => name.replaceAll("-", "").toLowerCase();

/**
 * What is wrong with a command line of the aws CLI, by the API that AWS's own clients know: an unknown service or
 * operation, or a flag that is no member of its request.
 *
 * @param words those behind `aws`.
 */
export function awsProblems([service = "", operation = "", ...rest]: readonly string[]): string[] {
  const flags = rest.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0] ?? "");
  const client = SERVICES[service];
  const known = AWS_ALONE[`${service} ${operation}`];
  if (known !== undefined) {
    return flags.filter((flag) => ![...known, ...AWS_FLAGS].includes(flag)).map((flag) => `no flag ${flag}`);
  }
  if (client === undefined) return [`no service ${service}`];
  if (operation === "wait") {
    const waiter = plain(`waitUntil${rest[0] ?? ""}`);
    return Object.keys(client).some((name) => plain(name) === waiter) ? [] : [`no waiter ${rest[0] ?? ""}`];
  }
  const schema = Object.entries(client).find(([name]) => plain(name) === `${plain(operation)}$`)?.[1];
  if (schema === undefined) return [`no operation ${service} ${operation}`];
  const members = membersOfRequest(schema).map(plain);
  return flags
    .filter((flag) => !AWS_FLAGS.includes(flag) && !members.includes(plain(flag)))
    .map((flag) => `${service} ${operation} has no ${flag}`);
}

/** Of an operation's schema the fifth part is its request's, of a structure's the fifth its members. */
function membersOfRequest(operation: unknown): string[] {
  const request: unknown = (operation as readonly unknown[])[4];
  const schema: unknown = typeof request === "function" ? (request as () => unknown)() : request;
  return (schema as readonly unknown[])[4] as string[];
}

/** The verbs of kubectl that pages use, and their flags beside those of all. */
const KUBECTL: Readonly<Record<string, readonly string[]>> = {
  annotate: ["--overwrite"],
  apply: ["-f"],
  auth: [],
  delete: ["-l", "--selector", "--wait", "--ignore-not-found"],
  describe: ["-l", "--selector"],
  drain: ["--ignore-daemonsets", "--delete-emptydir-data", "--force"],
  get: [
    ...["-o", "--output", "-A", "--all-namespaces", "-l", "--selector", "-L", "--label-columns"],
    ...["--field-selector", "--show-managed-fields", "--watch", "--raw"],
  ],
  label: ["--overwrite"],
  logs: ["-l", "--selector", "-c", "--container", "--since", "--tail", "--prefix"],
  patch: ["--type", "--patch"],
  "port-forward": [],
  rollout: [],
  run: ["--image", "--port"],
  scale: ["--replicas"],
  set: ["--list"],
  wait: ["--for", "--timeout"],
};
const KUBECTL_FLAGS = ["-n", "--namespace", "--context", "--kubeconfig", "--request-timeout"];

/**
 * What is wrong with a command line of kubectl: an unknown verb, or a flag that it does not have.
 *
 * @param words those behind `kubectl`.
 */
export function kubectlProblems(words: readonly string[]): string[] {
  const isValue = (index: number) => KUBECTL_FLAGS.includes(words[index - 1] ?? "");
  const verb = words.find((word, index) => !word.startsWith("-") && !isValue(index)) ?? "";
  const flags = KUBECTL[verb];
  if (flags === undefined) return [`no verb ${verb}`];
  return words
    .filter((word) => /^--?[a-zA-Z]/.test(word))
    .map((word) => word.split("=")[0] ?? "")
    .filter((flag) => !flags.includes(flag) && !KUBECTL_FLAGS.includes(flag))
    .map((flag) => `${verb} has no ${flag}`);
}
