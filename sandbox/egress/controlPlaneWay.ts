import { DescribeNetworkInterfacesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { NetworkView } from "../dataPlane/reachability/network";
import { verdictOf } from "../dataPlane/reachability/verdict";

/**
 * The way from the control plane into the cluster's VPC, by the ENIs that EKS has there: security groups, routes and
 * network ACLs are as for everybody else.
 */
export class ControlPlaneWay {
  private known: string | undefined;

  /** @param network the network as it is now. */
  constructor(
    private readonly ec2: EC2Client,
    private readonly network: () => Promise<NetworkView>,
  ) {}

  /** Who refuses a connection to a port of an address; nobody where there is no cluster yet. */
  async refusedBy(target: string, port: number): Promise<string | undefined> {
    const network = await this.network();
    const source = await this.ownAddress(network);
    if (source === undefined) return undefined;
    const verdict = verdictOf({ source, target, port }, network);
    return verdict.admitted ? undefined : verdict.by;
  }

  /** The address of one of the control plane's ENIs: they are alike. */
  private async ownAddress({ interfaces }: NetworkView): Promise<string | undefined> {
    if (this.known !== undefined && interfaces.has(this.known)) return this.known;
    const { NetworkInterfaces = [] } = await this.ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "description", Values: ["Amazon EKS *"] }] }),
    );
    this.known = NetworkInterfaces[0]?.PrivateIpAddress;
    return this.known;
  }
}
