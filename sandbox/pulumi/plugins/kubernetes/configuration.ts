import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { assertLoopback } from "../protocol/loopback";
import type { Failure } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import type { Schema } from "../schema/property";
import { problemsOf } from "../schema/validate";

/** The provider's configuration, as far as it changes what the stand-in does. */
export interface Configuration {
  /** With the context chosen. */
  readonly kubeConfig: KubeConfig;
  /** Of objects that say none; "" leaves it to the API server. */
  readonly namespace: string;
  /** Fields of other owners are taken over. */
  readonly force: boolean;
  /** Objects that are there already are updated where they would be made. */
  readonly upsert: boolean;
}

const serverSideOnly = "objects are made and updated by the API server only";

const schema: Schema = {
  alwaysRender: { type: "boolean", refused: serverSideOnly },
  cluster: { type: "string" },
  clusterIdentifier: { type: "string" },
  context: { type: "string" },
  deleteUnreachable: { type: "boolean", refused: "an unreachable cluster is an error" },
  enableConfigMapMutable: { type: "boolean", refused: "a changed ConfigMap is made anew" },
  enablePatchForce: { type: "boolean" },
  enableSecretMutable: { type: "boolean", refused: "a changed Secret is made anew" },
  enableServerSideApply: {
    type: "boolean",
    problem: (value) =>
      value === false ? "client-side apply is not part of the sandbox's stand-in" : undefined,
  },
  helmReleaseSettings: { type: "map", refused: "there is no Helm in it" },
  kubeClientSettings: { type: "map" },
  kubeconfig: { type: "string" },
  namespace: { type: "string" },
  renderYamlToDirectory: { type: "string", refused: serverSideOnly },
  skipUpdateUnreachable: { type: "boolean", refused: "an unreachable cluster is an error" },
  strictMode: { type: "boolean", refused: "the default provider is always there" },
  suppressDeprecationWarnings: { type: "boolean" },
  suppressHelmHookWarnings: { type: "boolean" },
  upsertExistingObjects: { type: "boolean" },
};

/** Keys that the engine adds to every provider's inputs. */
const ENGINES_OWN = ["version", "pluginDownloadURL", "pluginChecksums", "parameterization"];

/** Inputs of the provider in their own types: engines send what is not a string as JSON in a string. */
export function normalized(inputs: Properties): Properties {
  const own: Properties = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (ENGINES_OWN.includes(key) || key.startsWith("__")) continue;
    const boolean = value === "true" || value === "false";
    own[key] = boolean && schema[key]?.type === "boolean" ? value === "true" : value;
  }
  return own;
}

/** What is wrong with normalized inputs of the provider. */
export function configurationProblems(inputs: Properties): Failure[] {
  return problemsOf("the kubernetes provider", schema, inputs);
}

/**
 * @param inputs are normalized.
 * @throws Error when there is no cluster in the kubeconfig, or its server is not on this computer.
 */
export function configurationFrom(inputs: Properties): Configuration {
  const [problem] = configurationProblems(inputs);
  if (problem !== undefined) throw new Error(problem.reason);
  const kubeConfig = kubeConfigOf(inputs);
  const context = kubeConfig.getCurrentContext();
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new Error(
      `the kubernetes provider has no cluster for the context ${JSON.stringify(context)}: ` +
        "set kubernetes:kubeconfig and kubernetes:context, or KUBECONFIG, to those of a sandbox",
    );
  }
  assertLoopback(server, `the server of the kubeconfig's context ${JSON.stringify(context)}`);
  const own = kubeConfig.getContextObject(context)?.namespace ?? "";
  const { namespace } = inputs;
  return {
    kubeConfig,
    namespace: typeof namespace === "string" ? namespace : own,
    force: inputs["enablePatchForce"] === true,
    upsert: inputs["upsertExistingObjects"] === true,
  };
}

/** The server that inputs lead to; undefined when they lead to none. Which cluster it is decides what has to be made anew. */
export function serverOf(inputs: Properties): string | undefined {
  try {
    return kubeConfigOf(inputs).getCurrentCluster()?.server;
  } catch {
    return undefined;
  }
}

function kubeConfigOf({ kubeconfig, context, cluster }: Properties): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (typeof kubeconfig === "string" && kubeconfig !== "") load(kubeConfig, kubeconfig);
  else kubeConfig.loadFromDefault();
  if (typeof context === "string" && context !== "") kubeConfig.setCurrentContext(context);
  if (typeof cluster === "string" && cluster !== "") {
    const name = kubeConfig.getCurrentContext();
    kubeConfig.contexts = kubeConfig.contexts.map((known) =>
      known.name === name ? { ...known, cluster } : known,
    );
  }
  return kubeConfig;
}

/** From contents, or from a file or a list of files as KUBECONFIG has it. */
function load(kubeConfig: KubeConfig, given: string): void {
  if (typeof parse(given) === "object") {
    kubeConfig.loadFromString(given);
    return;
  }
  const files = given.split(delimiter).filter((file) => existsSync(file));
  if (files.length === 0) throw new Error(`the kubernetes provider's kubeconfig ${given} does not exist`);
  files.forEach((file, index) => {
    if (index === 0) {
      kubeConfig.loadFromFile(file);
    } else {
      const more = new KubeConfig();
      more.loadFromFile(file);
      kubeConfig.mergeConfig(more, true);
    }
  });
}
