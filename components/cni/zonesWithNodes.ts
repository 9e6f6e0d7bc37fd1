import type * as pulumi from "@pulumi/pulumi";
import { getCluster } from "@pulumi/aws/eks/getCluster";
import { zonesOf } from "../../planning/podNetwork/nodeSubnets";
import { readInstances } from "../readInstances";
import { readSubnets } from "../readVpc";

/** Zones in which instances of a cluster run, sorted. Needs what `readCluster` needs to read subnets and instances. */
export async function readZonesWithNodes(clusterName: string, opts: pulumi.InvokeOptions): Promise<string[]> {
  const { vpcConfig } = await getCluster({ name: clusterName }, opts);
  const { vpcId } = vpcConfig;
  const instances = await readInstances(clusterName, vpcId, readSubnets(vpcId, opts), opts);
  return zonesOf(instances);
}
