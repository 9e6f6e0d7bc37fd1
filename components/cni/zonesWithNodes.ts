import type * as pulumi from "@pulumi/pulumi";
import { getCluster } from "@pulumi/aws/eks/getCluster";
import { readInstances } from "../readInstances";
import { readVpc } from "../readVpc";

/** Zones in which instances of a cluster run, sorted. Needs what `readCluster` needs to read the VPC and instances. */
export async function readZonesWithNodes(clusterName: string, opts: pulumi.InvokeOptions): Promise<string[]> {
  const { vpcConfig } = await getCluster({ name: clusterName }, opts);
  const reading = readVpc(vpcConfig.vpcId, opts).then(({ subnets }) => subnets);
  const instances = await readInstances(clusterName, vpcConfig.vpcId, reading, opts);
  return [...new Set(instances.map(({ availabilityZone }) => availabilityZone))].sort();
}
