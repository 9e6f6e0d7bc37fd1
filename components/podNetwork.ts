import * as pulumi from "@pulumi/pulumi";
import { awsNodeFactsOf } from "../planning/awsNode/liveDaemonSet";
import { cniVersionIn } from "../planning/podNetwork/clusterFacts";
import { planPodNetwork, type PodNetworkPlan } from "../planning/podNetwork/plan";
import { podSubnetKey } from "../planning/podNetwork/podSubnetProblems";
import { checkRequestForm } from "../planning/podNetwork/requestForm";
import { InvalidInputError, type Problem } from "../planning/problem";
import { readAwsNode } from "./cni/awsNodeDaemonSet";
import { EniConfigs } from "./eniConfigs";
import { knownValue } from "./knownValue";
import { partProblems } from "./partProblems";
import type { PodNetworkArgs, PodNetworkSummary } from "./podNetworkArgs";
import { PodSubnets } from "./podSubnets";
import { readCluster } from "./readCluster";
import { readNodeClasses } from "./readNodeClasses";
import { orRefuse, refuse } from "./refuse";
import { SecondaryCidr } from "./secondaryCidr";
import { unrecorded } from "./unrecorded";
import { VpcCni } from "./vpcCni";
import { WorkerGroup } from "./workerGroup";

/**
 * The pod network of an existing cluster: a range, a subnet per zone, ENIConfigs, the CNI's settings and new workers.
 *
 * The cluster is read first, and everything is decided before anything is made. What is wrong, with the arguments by
 * themselves or in that cluster, is one error. Then everything is made in the one order that is safe at each step:
 * range, subnets and their routes, ENIConfigs, the settings of aws-node, new workers. Nodes that are there keep their
 * addresses; replacing them is not done here. Protected unless told otherwise.
 *
 * What exists is taken over only where the arguments say so. What was made here keeps its place and its name, whatever
 * zones, blocks or groups come or go.
 */
export class PodNetwork extends pulumi.ComponentResource<pulumi.Output<PodNetworkSummary>> {
  /** What moving the pods needs to know; there once the whole pod network is. */
  public readonly summary: pulumi.Output<PodNetworkSummary>;

  constructor(name: string, args: PodNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("eks-pod-network:index:PodNetwork", name, unrecorded(args), {
      ...opts,
      protect: opts?.protect ?? true,
    });
    this.summary = pulumi.output(this.getData());
    this.registerOutputs({ summary: this.summary });
  }

  protected override async initialize(
    args: PodNetworkArgs,
    opts: pulumi.ComponentResourceOptions = {},
    name = "",
  ): Promise<pulumi.Output<PodNetworkSummary>> {
    const { clusterName, workerGroups = [], cni = {} } = args;
    const { facts, plan } = await this.planned(args, name);
    const { vpcId } = facts;
    for (const warning of plan.warnings) await pulumi.log.warn(warning, this);

    const protect = opts.protect ?? true;
    const after = (...earlier: pulumi.Resource[]) => ({ parent: this, protect, dependsOn: earlier });
    const secondaryCidr = new SecondaryCidr(
      name,
      {
        vpcId,
        cidrBlocks: [...plan.cidrBlocks],
        ...given({ avoid: args.avoid, cidrBlocksPerVpc: args.cidrBlocksPerVpc }),
      },
      after(),
    );
    const podSubnets = new PodSubnets(
      name,
      {
        clusterName,
        vpcId,
        subnets: [...plan.podSubnets],
        // It is warned of already, by what was read for the plan.
        externalSnat: false,
        ...given({
          egress: args.egress,
          publicSubnetIds: args.publicSubnetIds,
          tags: args.tags,
          cniRoleTag: args.cniRoleTag,
          prefixReservations: args.prefixReservations,
          fargateProfile: args.fargateProfile,
        }),
      },
      after(secondaryCidr),
    );
    const eniConfigs = new EniConfigs(
      name,
      {
        eniConfigs: plan.eniConfigs.map((eniConfig) => ({
          name: eniConfig.name,
          subnetId: podSubnets.subnetIds[podSubnetKey(eniConfig)] ?? "",
          adopt: eniConfig.adopt,
          ...(eniConfig.securityGroupIds && { securityGroupIds: [...eniConfig.securityGroupIds] }),
        })),
        ...given({ installCrd: cni.installCrd, cniVersion: cniVersionIn(facts) }),
      },
      after(podSubnets),
    );
    const vpcCni = new VpcCni(
      name,
      {
        clusterName,
        env: plan.cni.env,
        initEnv: plan.cni.initEnv,
        zonesWithNodes: [...plan.cni.zonesWithNodes],
        eniConfigNames: eniConfigs.names,
        ...given({ mode: cni.mode, adopt: cni.adopt, addOnVersion: cni.addOnVersion, force: args.force }),
      },
      after(eniConfigs),
    );
    const { prefixDelegation, maxEni } = plan.cni.settings;
    const workers = workerGroups.map(({ name: groupName, replaces, ...settings }, index) => {
      const zones = plan.workerGroups[index]?.zones ?? [];
      const { nodeGroups } = new WorkerGroup(
        `${name}-${groupName}`,
        {
          ...given({ prefixDelegation, maxEni }),
          ...settings,
          clusterName,
          groupName,
          zones: zones.map((zone) => ({ ...zone, subnetIds: [...zone.subnetIds] })),
        },
        after(vpcCni),
      );
      return nodeGroups.apply((made) => made.map((one) => ({ name: groupName, ...one, replaces })));
    });

    return pulumi.output({
      clusterName,
      region: facts.region,
      vpcId,
      podCidrs: secondaryCidr.cidrBlocks,
      podSubnets: podSubnets.podSubnets,
      eniConfigs: eniConfigs.names,
      cni: { mode: vpcCni.mode },
      workerGroups: pulumi.all(workers).apply((groups) => groups.flat()),
    });
  }

  /** The cluster as it is, and the plan; all that forbids it is said here, without a trace of the program's own calls. */
  private async planned(args: PodNetworkArgs, name: string) {
    orRefuse(this, () => {
      checkRequestForm(args);
    });
    const problems: Problem[] = [];
    const planning = await this.attempt(args, name).catch((error: unknown) => {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.push(...error.problems);
      return undefined;
    });
    problems.push(...partProblems(args, planning?.plan).filter((problem) => !isAmong(problems, problem)));
    refuse(this, problems);
    if (planning === undefined) throw new Error("a plan that failed has a problem");
    return planning;
  }

  private async attempt(args: PodNetworkArgs, name: string) {
    const [cluster, nodeClasses, awsNode] = await Promise.all([
      readCluster(args.clusterName, { parent: this }),
      readNodeClasses(name, args.ec2NodeClasses ?? [], { parent: this }),
      // In the preview of a program that makes the provider as well, it may not be known.
      knownValue(readAwsNode(`${name}-live`, { parent: this }).apply(awsNodeFactsOf)),
    ]);
    const facts = { ...cluster, nodeClasses, ...(awsNode && { awsNode }) };
    const plan: PodNetworkPlan = planPodNetwork(facts, args);
    return { facts, plan };
  }
}

function isAmong(problems: readonly Problem[], { path, reason }: Problem): boolean {
  return problems.some((other) => other.path === path && other.reason === reason);
}

/** What is given of some arguments: one that is left out is not the same as one that is undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
