import {
  DescribeClusterCommand,
  DescribeFargateProfileCommand,
  paginateListClusters,
  paginateListFargateProfiles,
  type EKSClient,
} from "@aws-sdk/client-eks";

/** A Fargate profile that is in force. */
export interface FargateProfile {
  readonly name: string;
  readonly clusterName: string;
  readonly subnetIds: readonly string[];
  readonly selectors: readonly FargateSelector[];
  /** The cluster's own, in which its pods' ENIs are. */
  readonly securityGroupId: string | undefined;
}

/** Which pods a profile takes: those of a namespace with all labels. Both may have `*` and `?` in them. */
export interface FargateSelector {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The profiles of all clusters that are ACTIVE. A profile never changes, so each is read once. */
export class FargateProfiles {
  private readonly known = new Map<string, FargateProfile>();

  constructor(private readonly eks: EKSClient) {}

  /** @throws Error as EKS says. */
  async list(abortSignal: AbortSignal): Promise<FargateProfile[]> {
    const found: FargateProfile[] = [];
    for await (const { clusters = [] } of paginateListClusters({ client: this.eks }, {}, { abortSignal })) {
      for (const clusterName of clusters) found.push(...(await this.ofCluster(clusterName, abortSignal)));
    }
    const there = new Set(found.map(keyOf));
    for (const key of this.known.keys()) if (!there.has(key)) this.known.delete(key);
    return found;
  }

  private async ofCluster(clusterName: string, abortSignal: AbortSignal): Promise<FargateProfile[]> {
    const found: FargateProfile[] = [];
    const pages = paginateListFargateProfiles({ client: this.eks }, { clusterName }, { abortSignal });
    for await (const { fargateProfileNames = [] } of pages) {
      for (const name of fargateProfileNames) {
        const profile = this.known.get(keyOf({ clusterName, name })) ?? (await this.read(clusterName, name));
        if (profile === undefined) continue;
        this.known.set(keyOf(profile), profile);
        found.push(profile);
      }
    }
    return found;
  }

  /** @returns nothing while EKS is still making it. */
  private async read(clusterName: string, name: string): Promise<FargateProfile | undefined> {
    const { fargateProfile } = await this.eks.send(
      new DescribeFargateProfileCommand({ clusterName, fargateProfileName: name }),
    );
    if (fargateProfile?.status !== "ACTIVE") return undefined;
    const { cluster } = await this.eks.send(new DescribeClusterCommand({ name: clusterName }));
    return {
      name,
      clusterName,
      securityGroupId: cluster?.resourcesVpcConfig?.clusterSecurityGroupId,
      subnetIds: fargateProfile.subnets ?? [],
      selectors: (fargateProfile.selectors ?? []).map(({ namespace = "", labels = {} }) => ({
        namespace,
        labels,
      })),
    };
  }
}

function keyOf({ clusterName, name }: Pick<FargateProfile, "clusterName" | "name">): string {
  return `${clusterName}/${name}`;
}
