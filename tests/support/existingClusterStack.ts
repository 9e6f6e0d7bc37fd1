import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { systemClock } from "../../automation/clock";
import { preview } from "../../automation/preview";
import { previewEnvironment } from "../../automation/previewEnvironment";
import type { PodNetworkOutputs } from "../../automation/podNetworkOutputs";
import type { ResourceChange, StackResult } from "../../automation/pulumiEvents";
import { openStack } from "../../automation/stack";
import type { PodNetworkArgs } from "../../components";
import { cidrBlock, usableAddressCount } from "../../planning/cidrBlock";
import type { EnvironmentPreview } from "../../planning/preview/environmentPreview";
import { sum } from "../../planning/sequence";
import { sandboxEnv, type SandboxRecord } from "../../sandbox/sandbox";
import { outsideOf } from "./preflight";
import { pulumiRoot } from "./pulumiRoot";
import { stackProject } from "./stackProject";
import { unguardedUp } from "./unguardedUp";

const outside = () => ({
  clock: systemClock,
  onEvent: () => undefined,
  signal: new AbortController().signal,
});

/** What a run of the program came to. */
export interface Run {
  /** Such as `create Subnet pod-network-us-west-2a`, and `update Addon pod-network: configurationValues`; sorted. */
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
}

/** A stack of the program for existing clusters, in a project of its own. */
export interface ExistingClusterStack {
  readonly preview: (settings: PodNetworkArgs) => Promise<Run>;
  /**
   * What the change means for the pods of the cluster, as `podnet preview` says it.
   *
   * @param secrets further settings that are secret, by their paths: `tags.token`.
   */
  readonly outlook: (
    settings: PodNetworkArgs,
    secrets?: Readonly<Record<string, string>>,
  ) => Promise<EnvironmentPreview>;
  /** Brings it up, and fails where something else happens than `podnet preview` had said right before. */
  readonly up: (settings: PodNetworkArgs) => Promise<Run & { readonly outputs: PodNetworkOutputs }>;
  /** Does to resources of some names what `pulumi state unprotect` does. */
  readonly unprotect: (names: RegExp) => Promise<void>;
  readonly remove: () => void;
}

/** Opens a stack in a sandbox. Its settings are given with each run. */
export async function existingClusterStack(record: SandboxRecord): Promise<ExistingClusterStack> {
  const folder = stackProject();
  const name = record.world;
  const file = join(folder, `Pulumi.${name}.yaml`);
  const configure = (settings: PodNetworkArgs) => {
    const config: Record<string, unknown> = { "aws:region": record.region };
    for (const [key, value] of Object.entries<unknown>({ ...settings })) {
      config[`eks-pod-network:${key}`] = value;
    }
    writeFileSync(file, stringify({ ...(parse(readFileSync(file, "utf8")) as object), config }));
  };
  writeFileSync(file, "config: {}\n");
  const environment = {
    ...{ name, stack: name, region: record.region },
    kubeconfig: record.kubeconfig,
    rotation: {},
  };
  const stack: Stack = await openStack(environment, {
    workDir: folder,
    pulumi: await PulumiCommand.get({ root: pulumiRoot() }),
    env: { ...sandboxEnv(record), PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
  });
  const outlook = async (settings: PodNetworkArgs, secrets: Readonly<Record<string, string>> = {}) => {
    configure(settings);
    for (const [path, value] of Object.entries(secrets)) {
      await stack.setConfig(`eks-pod-network:${path}`, { value, secret: true }, true);
    }
    return previewEnvironment(environment, stack, { ...outsideOf(record), ...outside() });
  };
  return {
    outlook,
    preview: async (settings) => {
      configure(settings);
      return inWords(await preview(stack, outside()));
    },
    up: async (settings) => {
      const said = await outlook(settings);
      const result = await unguardedUp(stack, outside());
      const done = { ...inWords(result), outputs: result.outputs };
      assert.deepEqual(changesInWords(said.changes), done.changes);
      assert.equal(
        said.addresses.after,
        sum(result.outputs.podSubnets, (one) => usableAddressCount(cidrBlock(one.cidrBlock).prefixLength)),
      );
      return done;
    },
    unprotect: async (names) => {
      const exported = await stack.exportStack();
      const { resources } = exported.deployment as { resources: { urn: string; protect?: boolean }[] };
      for (const resource of resources) {
        if (names.test(resource.urn.split("::").at(-1) ?? "")) delete resource.protect;
      }
      await stack.importStack(exported);
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function inWords({ changes, diagnostics }: StackResult): Run {
  return {
    changes: changesInWords(changes.filter(({ isBookkeeping }) => !isBookkeeping)),
    warnings: diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message),
  };
}

function changesInWords(changes: readonly ResourceChange[]): string[] {
  return changes.map(changeInWords).sort();
}

function changeInWords({ operation, type, name, changedProperties }: ResourceChange): string {
  const what = `${operation} ${type.split(":").at(-1) ?? ""} ${name}`;
  return operation === "update" ? `${what}: ${changedProperties.join(", ")}` : what;
}
