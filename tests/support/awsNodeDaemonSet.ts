import type { LiveDaemonSet, ManagedFields } from "../../planning/awsNode/liveDaemonSet";
import type { EnvVar } from "../../planning/awsNode/merge";

/** What a test says about a DaemonSet aws-node. */
interface AwsNodeDaemonSet {
  readonly env?: readonly EnvVar[];
  readonly initEnv?: readonly EnvVar[];
  /** By the field manager, the variables whose values it holds; those of the init container after `init:`. */
  readonly heldBy?: Readonly<Record<string, readonly string[]>>;
  /** Of the image. @default v1.23.1-eksbuild.1 */
  readonly tag?: string;
}

/** The DaemonSet aws-node as the API server has it. */
export function awsNodeDaemonSet({
  env = [],
  initEnv = [],
  heldBy = {},
  tag = "v1.23.1-eksbuild.1",
}: AwsNodeDaemonSet): LiveDaemonSet {
  return {
    metadata: { managedFields: Object.entries(heldBy).map(([manager, names]) => fieldsOf(manager, names)) },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: "aws-node",
              image: `602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:${tag}`,
              env,
            },
            { name: "aws-eks-nodeagent" },
          ],
          initContainers: [{ name: "aws-vpc-cni-init", env: initEnv }],
        },
      },
    },
  };
}

/** Variables with values, as entries of a list. */
export function entries(values: Readonly<Record<string, string>>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function fieldsOf(manager: string, names: readonly string[]): ManagedFields {
  const entriesOf = (held: readonly string[]) =>
    Object.fromEntries(
      held.map((name) => [`k:{"name":${JSON.stringify(name)}}`, { ".": {}, "f:name": {}, "f:value": {} }]),
    );
  const init = names.filter((name) => name.startsWith("init:")).map((name) => name.slice("init:".length));
  const main = names.filter((name) => !name.startsWith("init:"));
  return {
    manager,
    fieldsV1: {
      "f:spec": {
        "f:template": {
          "f:spec": {
            "f:containers": {
              'k:{"name":"aws-node"}': { ".": {}, "f:env": { ".": {}, ...entriesOf(main) } },
            },
            "f:initContainers": { 'k:{"name":"aws-vpc-cni-init"}': { "f:env": entriesOf(init) } },
          },
        },
      },
    },
  };
}
