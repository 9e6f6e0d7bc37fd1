import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DisassociateRouteTableCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  DescribeNodegroupCommand,
  EKSClient,
  ResourceNotFoundException,
  type NodegroupStatus,
} from "@aws-sdk/client-eks";
import {
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
} from "@kubernetes/client-node";
import type { SandboxRecord } from "../../sandbox/sandbox";
import { faultClient } from "../../sandbox/aws/faults/faultClient";
import { eventually } from "../sandbox/aws/support/eventually";

/** Somebody who changes things beside Pulumi. */
export interface Bystander {
  /** Ids of the subnets of blocks that match, such as `100.64.*`, by zone. */
  podSubnets(blocks: string): Promise<ReadonlyMap<string, string>>;
  tag(subnetId: string, key: string, value: string): Promise<void>;
  untag(subnetId: string, key: string): Promise<void>;
  /** Takes the association with its route table from a subnet. */
  disassociate(subnetId: string): Promise<void>;
  /** Applies an ENIConfig as another owner of its fields. */
  takeOver(eniConfig: string, subnetId: string): Promise<void>;
  deleteEniConfig(name: string): Promise<void>;
  /** Has the cluster refuse to make an ENIConfig of that name, as a policy of its owners may. */
  refuseEniConfig(name: string): Promise<void>;
  /** Takes that back. */
  refuseNothing(name: string): Promise<void>;
  /** Has no instance start any more, so that new node groups stay as they are. */
  takeCapacity(): Promise<void>;
  giveCapacity(): Promise<void>;
  /** Resolves when node groups of the cluster are all in a state. */
  haveState(nodeGroups: readonly string[], state: NodegroupStatus): Promise<void>;
}

const POLICY = "admissionregistration.k8s.io/v1";

/** Somebody in a sandbox, with every right. */
export function bystanderIn({ awsEndpoint, region, kubeconfig, clusterName }: SandboxRecord): Bystander {
  const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  const ec2 = new EC2Client({ endpoint: awsEndpoint, region, credentials });
  const eks = new EKSClient({ endpoint: awsEndpoint, region, credentials });
  const faults = faultClient(awsEndpoint);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  const apply = async (object: KubernetesObject & { spec: unknown }) => {
    await objects.patch(object, undefined, undefined, "platform", true, PatchStrategy.ServerSideApply);
  };
  const eniConfig = (name: string) => ({
    apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
    kind: "ENIConfig",
    metadata: { name },
  });
  const policy = (kind: string) => ({ apiVersion: POLICY, kind, metadata: { name: "eniconfigs" } });
  /** The API server takes a moment to heed a policy, and to forget it. */
  const isRefused = (name: string) =>
    objects
      .create(
        { ...eniConfig(name), spec: { subnet: "subnet-00000000" } } as KubernetesObject,
        undefined,
        "All",
      )
      .then(
        () => false,
        () => true,
      );
  /** `undefined` of a group that is not there. */
  const stateOf = (nodegroupName: string) =>
    eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName })).then(
      ({ nodegroup }) => nodegroup?.status,
      (error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      },
    );
  return {
    podSubnets: async (blocks) => {
      const Filters = [{ Name: "cidr-block", Values: [blocks] }];
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
      return new Map(Subnets.map(({ AvailabilityZone: zone = "", SubnetId: id = "" }) => [zone, id]));
    },
    tag: async (subnetId, Key, Value) => {
      await ec2.send(new CreateTagsCommand({ Resources: [subnetId], Tags: [{ Key, Value }] }));
    },
    untag: async (subnetId, Key) => {
      await ec2.send(new DeleteTagsCommand({ Resources: [subnetId], Tags: [{ Key }] }));
    },
    disassociate: async (subnetId) => {
      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
      const association = RouteTables.flatMap(({ Associations = [] }) => Associations).find(
        ({ SubnetId }) => SubnetId === subnetId,
      );
      const AssociationId = association?.RouteTableAssociationId ?? "";
      await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
    },
    takeOver: (name, subnet) => apply({ ...eniConfig(name), spec: { subnet } }),
    deleteEniConfig: async (name) => {
      await objects.delete(eniConfig(name));
    },
    refuseEniConfig: async (name) => {
      const rule = {
        apiGroups: ["crd.k8s.amazonaws.com"],
        apiVersions: ["*"],
        operations: ["CREATE"],
        resources: ["eniconfigs"],
      };
      await apply({
        ...policy("ValidatingAdmissionPolicy"),
        spec: {
          failurePolicy: "Fail",
          matchConstraints: { resourceRules: [rule] },
          validations: [{ expression: `object.metadata.name != "${name}"`, message: "not this one" }],
        },
      });
      await apply({
        ...policy("ValidatingAdmissionPolicyBinding"),
        spec: { policyName: "eniconfigs", validationActions: ["Deny"] },
      });
      await eventually(
        () => isRefused(name),
        (refused) => refused,
      );
    },
    refuseNothing: async (name) => {
      for (const kind of ["ValidatingAdmissionPolicyBinding", "ValidatingAdmissionPolicy"]) {
        await objects.delete(policy(kind));
      }
      await eventually(
        () => isRefused(name),
        (refused) => !refused,
      );
    },
    takeCapacity: async () => {
      await faults.add({ kind: "insufficient-capacity" });
    },
    giveCapacity: async () => {
      await faults.remove();
    },
    haveState: async (nodeGroups, state) => {
      await eventually(
        () => Promise.all(nodeGroups.map(stateOf)),
        (states) => states.every((each) => each === state),
        // An update plans the whole stack before it comes to them.
        120_000,
      );
    },
  };
}
