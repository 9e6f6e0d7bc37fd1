import * as pulumi from "@pulumi/pulumi";
import { getAddonVersion } from "@pulumi/aws/eks/getAddonVersion";
import { getCluster } from "@pulumi/aws/eks/getCluster";
import { askedEnvProblems, type AskedEnv } from "../planning/awsNode/askedEnv";
import { isOn } from "../planning/awsNode/customNetworking";
import { effectiveEnvProblems } from "../planning/awsNode/effectiveEnv";
import { envOf, type LiveDaemonSet } from "../planning/awsNode/liveDaemonSet";
import { versionStepProblems } from "../planning/awsNode/versionStep";
import { CniMode, cniModeOf, cniModeProblems } from "../planning/podNetwork/cniMode";
import { cniChangeProblems } from "../planning/podNetwork/cniReview";
import { FORCE } from "../planning/podNetwork/request";
import { InvalidInputError } from "../planning/problem";
import { makeAddOn, type AddOnTarget } from "./cni/addOn";
import { readAwsNode } from "./cni/awsNodeDaemonSet";
import type { CniChanged } from "./cni/changed";
import { patchDaemonSet } from "./cni/daemonSetPatch";
import { readZonesWithNodes } from "./cni/zonesWithNodes";
import { knownValue } from "./knownValue";
import { readControlPlane } from "./readCluster";
import { readVpcCni } from "./readVpcCni";
import { refuse } from "./refuse";
import { unrecorded } from "./unrecorded";
import type { VpcCniArgs } from "./vpcCniArgs";

/** What a `VpcCni` knows once the CNI has its settings. */
interface VpcCniData {
  readonly mode: CniMode;
  readonly effectiveEnv: pulumi.Output<Record<string, string>>;
}

/**
 * The settings of the Amazon VPC CNI (the DaemonSet aws-node), as a managed add-on or self-managed.
 *
 * As an add-on, its configuration is what it is today, with what others set on the DaemonSet since, and with what is
 * asked for; it then overwrites the DaemonSet. Self-managed, the variables are written into the DaemonSet beside all
 * others. Afterwards the environment that is in force is read again, and a difference from what was asked for is an
 * error that names who holds the variable; whatever depends on this component waits for that.
 *
 * Protected unless told otherwise, and deleting it leaves the CNI and its settings as they are.
 *
 * Needs eks:DescribeAddon, and to change it eks:UpdateAddon or CreateAddon; eks:DescribeAddonConfiguration where values
 * of others are taken along; in Kubernetes get on the DaemonSet aws-node, and patch where it is self-managed.
 *
 * Throws a ResourceError with everything that is wrong with the arguments in that cluster, before anything is changed.
 */
export class VpcCni extends pulumi.ComponentResource<VpcCniData> {
  /** How the CNI is installed. */
  public readonly mode: pulumi.Output<CniMode>;
  /** The environment of the container aws-node; in a preview, as it would be. */
  public readonly effectiveEnv: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: VpcCniArgs, opts?: pulumi.ComponentResourceOptions) {
    super("eks-pod-network:index:VpcCni", name, unrecorded(args), {
      ...opts,
      protect: opts?.protect ?? true,
    });
    const data = this.getData();
    this.mode = pulumi.output(data.then(({ mode }) => mode));
    this.effectiveEnv = pulumi.output(data.then(({ effectiveEnv }) => effectiveEnv));
  }

  protected override async initialize(
    args: VpcCniArgs,
    _opts?: pulumi.ComponentResourceOptions,
    name = "",
  ): Promise<VpcCniData> {
    const asked: AskedEnv = { env: args.env, initEnv: args.initEnv ?? {} };
    const addOn = await readVpcCni(args.clusterName, { parent: this });
    if (addOn === undefined && args.mode === undefined) await this.assertCluster(args.clusterName);
    const version = args.addOnVersion ?? addOn?.version;
    refuse(this, [
      ...cniModeProblems(args, addOn !== undefined, args.clusterName),
      ...(addOn && version !== undefined ? versionStepProblems(addOn.version, version) : []),
      ...askedEnvProblems(asked, version),
    ]);

    const mode = cniModeOf(args, addOn !== undefined);
    const found = readAwsNode(`${name}-live`, { parent: this });
    const target = addOn && version !== undefined ? { addOn, version, region: addOn.region } : undefined;
    if (mode === CniMode.DaemonSet) {
      const live = await this.reviewed(args, asked, found, undefined);
      return this.verified(name, mode, live, await patchDaemonSet(this, name, asked, live));
    }
    const made = target ?? (await this.newAddOn(args));
    const live = await this.reviewed(args, asked, found, made);
    const before = made.addOn?.version === made.version ? live : undefined;
    return this.verified(name, mode, before, await makeAddOn(this, name, args, made, live));
  }

  /** EKS knows no add-on of a cluster that it does not know; that is no self-managed CNI, and another name is meant. */
  private async assertCluster(clusterName: string): Promise<void> {
    await readControlPlane(clusterName, { parent: this }).catch((error: unknown) => {
      if (error instanceof InvalidInputError) refuse(this, error.problems);
      throw error;
    });
  }

  /** The add-on that takes the place of a self-managed CNI. */
  private async newAddOn({ clusterName, addOnVersion }: VpcCniArgs): Promise<AddOnTarget> {
    const opts = { parent: this };
    const { version: kubernetesVersion, region } = await getCluster({ name: clusterName }, opts);
    const version =
      addOnVersion ?? (await getAddonVersion({ addonName: "vpc-cni", kubernetesVersion }, opts)).version;
    return { addOn: undefined, version, region };
  }

  /** The DaemonSet, after what is asked for was held against it and the ENIConfigs. */
  private async reviewed(
    args: VpcCniArgs,
    asked: AskedEnv,
    found: pulumi.Output<LiveDaemonSet>,
    target: AddOnTarget | undefined,
  ): Promise<pulumi.Output<LiveDaemonSet>> {
    const { clusterName, eniConfigNames = [], force = [] } = args;
    const needsZones = isOn(asked.env) && !force.includes(FORCE.ZoneWithoutEniConfig);
    const zonesWithNodes =
      args.zonesWithNodes ?? (needsZones ? await readZonesWithNodes(clusterName, { parent: this }) : []);
    // Who changes the CNI waits for this, so nothing is registered where it is refused.
    return pulumi.all([found, eniConfigNames]).apply(([live, names]) => {
      const problems = cniChangeProblems({
        live,
        asked,
        configurationValues: target?.addOn?.configurationValues,
        convertsTo: target && !target.addOn ? target.version : undefined,
        zonesWithNodes,
        eniConfigNames: names,
        force,
      });
      refuse(this, problems);
      return live;
    });
  }

  /**
   * What is in force after the change, held against what was to be.
   *
   * @param before what stays where nothing is asked for; undefined where a version of the add-on comes with its own.
   */
  private async verified(
    name: string,
    mode: CniMode,
    before: pulumi.Output<LiveDaemonSet> | undefined,
    { resource, inForce }: CniChanged,
  ): Promise<VpcCniData> {
    const rolledOut = readAwsNode(`${name}-rolled-out`, { parent: this, dependsOn: [resource] });
    if (pulumi.runtime.isDryRun()) {
      return this.registered({ mode, effectiveEnv: expectedEnv(before, inForce) });
    }
    const effectiveEnv = pulumi.all([rolledOut, inForce]).apply(([after, wanted]) => {
      refuse(this, effectiveEnvProblems(after, wanted));
      return { ...envOf(after, "aws-node") };
    });
    // Whoever depends on this component waits until it is found right.
    await knownValue(effectiveEnv);
    return this.registered({ mode, effectiveEnv });
  }

  /** Only here: outputs that never come would hide what is wrong behind words about themselves. */
  private registered(data: VpcCniData): VpcCniData {
    this.registerOutputs(data);
    return data;
  }
}

/** What would be in force, as far as that is known before. */
function expectedEnv(
  before: pulumi.Output<LiveDaemonSet> | undefined,
  inForce: CniChanged["inForce"],
): VpcCniData["effectiveEnv"] {
  if (before === undefined) return pulumi.output(pulumi.unknown) as unknown as VpcCniData["effectiveEnv"];
  return pulumi
    .all([before, inForce])
    .apply(([live, { env }]) => ({ ...envOf(live as LiveDaemonSet, "aws-node"), ...env }));
}
