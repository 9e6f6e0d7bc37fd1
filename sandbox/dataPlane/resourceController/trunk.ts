import type { ApiServer } from "../cluster/apiServer";
import type { NodeView } from "../cluster/view";
import type { ClusterInstance } from "../ec2/instances";
import type { NodeInterfaces } from "../ec2/nodeInterfaces";
import { messageOf, sameEachTime } from "../ipamd/failure";
import type { Ipamd } from "../ipamd/ipamd";
import type { InstanceLimits } from "../limitsOfInstanceType";

/** The label by which people see that a node takes pods with security groups of their own. */
const TRUNK_LABEL = "vpc.amazonaws.com/has-trunk-attached";

/**
 * What the VPC resource controller does for a node whose aws-node has ENABLE_POD_ENI: the trunk ENI, the label, and the
 * capacity of branch ENIs. (Branch ENIs themselves are not played.)
 *
 * Source: aws/amazon-vpc-resource-controller-k8s, pkg/provider/branch.
 */
export class TrunkProvider {
  private lastFailure: string | undefined;

  constructor(
    private readonly instance: ClusterInstance,
    private readonly limits: InstanceLimits,
    private readonly outside: {
      readonly api: Pick<ApiServer, "patch">;
      readonly interfaces: Pick<NodeInterfaces, "attachTrunk">;
      readonly log: (line: string) => void;
    },
  ) {}

  /** Attaches the trunk where ipamd waits for one; what fails is logged, and tried again at the next look. */
  async provide(ipamd: Ipamd, node: NodeView): Promise<void> {
    try {
      const placement = ipamd.trunkPlacement();
      if (placement !== undefined) {
        const { interfaces, log } = this.outside;
        const trunk = await interfaces.attachTrunk(
          placement,
          this.limits.interfaces,
          this.instance.clusterName,
        );
        ipamd.addTrunk(trunk);
        log(`attached the trunk ${trunk.interfaceId} in ${placement.subnetId}`);
      }
      const hasTrunk = ipamd.pool.interfaces().some(({ isTrunk }) => isTrunk === true);
      if (hasTrunk && node.labels[TRUNK_LABEL] !== "true") await this.announce(node.name);
      this.lastFailure = undefined;
    } catch (error) {
      const failure = sameEachTime(error);
      if (failure !== this.lastFailure) this.outside.log(`trunk ENI: ${messageOf(error)}`);
      this.lastFailure = failure;
    }
  }

  private async announce(nodeName: string): Promise<void> {
    const { api } = this.outside;
    const amount = { "vpc.amazonaws.com/pod-eni": String(this.limits.branchInterfaces) };
    await api.patch(`/api/v1/nodes/${nodeName}/status`, "merge", {
      status: { capacity: amount, allocatable: amount },
    });
    await api.patch(`/api/v1/nodes/${nodeName}`, "merge", {
      metadata: { labels: { [TRUNK_LABEL]: "true" } },
    });
  }
}
