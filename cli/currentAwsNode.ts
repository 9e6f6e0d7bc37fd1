import { z } from "zod";
import { mayBeConfigurationValues } from "../planning/awsNode/configurationKeys";
import type { EnvVar } from "../planning/awsNode/merge";
import { isObject } from "../planning/isObject";
import { InvalidInputError, type Problem } from "../planning/problem";
import { readBySchema } from "../planning/schemaProblems";

/** How the VPC CNI is configured in a cluster today. */
export type CurrentAwsNode = (
  | {
      readonly kind: "addOn";
      /** JSON or YAML, as EKS has it; empty when it has none. */
      readonly configurationValues: string;
    }
  | {
      readonly kind: "daemonSet";
      /** Of the container aws-node. */
      readonly main: readonly EnvVar[];
      /** Of the init container. */
      readonly init: readonly EnvVar[];
    }
) & {
  /** The version of the CNI, where the document tells it. */
  readonly version?: string;
};

const describedAddOn = z.object({
  addon: z.object({
    addonName: z.literal("vpc-cni").describe("the description of the add-on vpc-cni").optional(),
    addonVersion: z.string().describe("its version, as a text").optional(),
    configurationValues: z.string().describe("its configuration values, as the text that EKS has").nullish(),
  }),
});

const containers = z
  .array(
    z.looseObject({
      name: z.string().describe("the name of the container"),
      image: z.string().describe("its image").optional(),
      env: z
        .array(
          z.looseObject({
            name: z.string().describe("the name of a variable"),
            value: z.string().describe("its value, a text").optional(),
            valueFrom: z.unknown().optional(),
          }),
        )
        .describe("its variables, a list")
        .optional(),
    }),
  )
  .describe("the containers of the DaemonSet, a list");
const daemonSet = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers, initContainers: containers.optional() }) }),
  }),
});

/**
 * Reads how the CNI is configured: from what `aws eks describe-addon` or `kubectl get daemonset aws-node -o json`
 * printed, or from the configuration values themselves.
 *
 * @throws InvalidInputError for anything else; to take a wrong document for an empty configuration would lose what is
 *   set today.
 */
export function readCurrentAwsNode(document: unknown): CurrentAwsNode {
  // aws eks describe-addon --query addon.configurationValues prints the text as JSON.
  if (typeof document === "string") return { kind: "addOn", configurationValues: document };
  if (!isObject(document)) throw new InvalidInputError([unknownDocument]);
  if ("addon" in document) return readAddOn(document);
  const [path, object] = onlyItemOf(document);
  if (object.kind === "DaemonSet") return readDaemonSet(object, path);
  // A key such as resources may be in other documents, too; the kinds of some show by theirs.
  const isAnother = ["kind", "apiVersion", "cluster", "items"].some((key) => key in document);
  if (isAnother || !mayBeConfigurationValues(document)) {
    throw new InvalidInputError([unknownDocument]);
  }
  return { kind: "addOn", configurationValues: JSON.stringify(document) };
}

const unknownDocument: Problem = {
  path: "(the whole file)",
  reason: "is neither a description of the add-on, nor the DaemonSet aws-node, nor configuration values.",
  fix: "Give what aws eks describe-addon --addon-name vpc-cni or kubectl -n kube-system get daemonset aws-node -o json prints.",
};

function readAddOn(document: unknown): CurrentAwsNode {
  const read = readBySchema(describedAddOn, document);
  if ("problems" in read) throw new InvalidInputError(read.problems);
  const { configurationValues, addonVersion } = read.value.addon;
  return {
    kind: "addOn",
    configurationValues: configurationValues ?? "",
    ...(addonVersion !== undefined && { version: addonVersion }),
  };
}

/** What kubectl prints for a selector is a list; of one item, that item is meant. */
function onlyItemOf(
  document: Readonly<Record<string, unknown>>,
): [path: string, object: Readonly<Record<string, unknown>>] {
  const items: unknown = document.kind === "List" ? document.items : undefined;
  const only: unknown = Array.isArray(items) && items.length === 1 ? items[0] : undefined;
  return isObject(only) ? ["items[0].", only] : ["", document];
}

function readDaemonSet(object: unknown, path: string): CurrentAwsNode {
  const read = readBySchema(daemonSet, object);
  if ("problems" in read) {
    throw new InvalidInputError(read.problems.map((problem) => ({ ...problem, path: path + problem.path })));
  }
  const { containers: main, initContainers: init = [] } = read.value.spec.template.spec;
  const awsNode = main.find(({ name }) => name === "aws-node");
  if (awsNode === undefined) {
    throw new InvalidInputError([
      {
        path: `${path}spec.template.spec.containers`,
        reason: `has no container aws-node, but ${main.map(({ name }) => name).join(", ")}.`,
        fix: "Give the DaemonSet aws-node of the namespace kube-system.",
      },
    ]);
  }
  const version = /:(v\d[^@]*)/.exec(awsNode.image ?? "")?.[1];
  return {
    kind: "daemonSet",
    main: awsNode.env ?? [],
    init: init.find(({ name }) => name === "aws-vpc-cni-init")?.env ?? [],
    ...(version !== undefined && { version }),
  };
}
