import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  CreateSubnetCommand,
  DescribeVpcPeeringConnectionsCommand,
} from "@aws-sdk/client-ec2";
import { CreateClusterCommand } from "@aws-sdk/client-eks";
import { stringify } from "yaml";
import type { Preflight } from "../../../planning/preflight/preflight";
import { podnetProcess } from "../../support/podnetProcess";
import { findingsOf, preflightOf, withoutIds } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { temporaryFolder } from "../../support/temporaryFolder";
import { WorldView } from "./worldView";

describe("the world pending-peering", function () {
  this.timeout(180_000);
  const { record, env } = sandboxFixture("pending-peering");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const associate = async (CidrBlock: string) => {
    const VpcId = (await world.cluster()).resourcesVpcConfig?.vpcId;
    return world.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock }));
  };
  const peering = async () => {
    const { VpcPeeringConnections: [found] = [] } = await world.ec2.send(
      new DescribeVpcPeeringConnectionsCommand({}),
    );
    return found;
  };

  it("is told by preflight of the peering that nobody has accepted", async () => {
    const [finding, ...others] = findingsOf(await preflightOf(record()), "POD-CIDR");
    assert.equal(finding?.level, "stop");
    assert.equal(withoutIds(finding.title), "100.64.0.0/16 can't be added to vpc");
    assert.match(finding.evidence.join(" "), /pcx-[0-9a-f]+/);
    assert.deepEqual(others, []);
  });

  it("has a peering that the cluster's VPC has asked for, and that waits", async () => {
    const { RequesterVpcInfo, AccepterVpcInfo, Status } = (await peering()) ?? {};
    assert.equal(Status?.Code, "pending-acceptance");
    assert.equal(RequesterVpcInfo?.VpcId, (await world.cluster()).resourcesVpcConfig?.vpcId);
    assert.equal(AccepterVpcInfo?.CidrBlock, "10.60.0.0/16");
  });

  it("is told of another environment behind the peering that is to have the same addresses", async () => {
    const VpcId = (await peering())?.AccepterVpcInfo?.VpcId;
    const subnetIds: string[] = [];
    for (const [AvailabilityZone, CidrBlock] of [
      ["us-west-2a", "10.60.0.0/24"],
      ["us-west-2b", "10.60.1.0/24"],
    ]) {
      const { Subnet } = await world.ec2.send(
        new CreateSubnetCommand({ VpcId, AvailabilityZone, CidrBlock }),
      );
      subnetIds.push(Subnet?.SubnetId ?? "");
    }
    const roleArn = "arn:aws:iam::123456789012:role/cluster";
    await world.eks.send(
      new CreateClusterCommand({ name: "reporting", roleArn, resourcesVpcConfig: { subnetIds } }),
    );
    const folder = temporaryFolder();
    const write = (path: string, text: string) => {
      writeFileSync(join(folder, path), text);
    };
    const configure = (stack: string, clusterName: string, podCidr: string) => {
      const values = { clusterName, podCidrs: [podCidr] };
      const config = Object.entries(values).map(([key, value]) => [`eks-pod-network:${key}`, value] as const);
      write(`Pulumi.${stack}.yaml`, stringify({ config: Object.fromEntries(config) }));
    };
    const environments = [
      ...["shop", "reporting", "elsewhere"].map((name) => ({ name, region: "us-west-2" })),
      // Of another AWS than the sandbox's: not looked at.
      { name: "abroad", region: "us-west-2", profile: "shop-abroad" },
    ];
    write("Pulumi.yaml", "name: eks-pod-network\nruntime: nodejs\n");
    write("environments.yaml", stringify({ environments }));
    configure("shop", "pending-peering", "100.64.0.0/16");
    configure("reporting", "reporting", "100.64.0.0/17");
    configure("elsewhere", "nobody", "100.72.0.0/16");
    configure("abroad", "shop-abroad", "100.64.0.0/16");
    const args = [
      "preflight",
      "shop",
      "--work-dir",
      folder,
      "--file",
      join(folder, "environments.yaml"),
      "--json",
    ];
    const run = () => JSON.parse(podnetProcess(args, { env: env() }).stdout) as Preflight;

    const vpcId = (await world.cluster()).resourcesVpcConfig?.vpcId;
    assert.deepEqual(findingsOf(run(), "SHARED-RANGE"), [
      {
        id: "SHARED-RANGE",
        level: "stop",
        title:
          "shop and reporting are to have the same addresses for pods (100.64.0.0/16, 100.64.0.0/17), and their VPCs are connected by peering",
        evidence: [
          `shop is in ${vpcId}, reporting in ${VpcId}.`,
          "AWS refuses a block that overlaps one of a peered VPC: the second of them could not be brought up.",
        ],
        wayOut: "Give one of them other podCidrs; podnet check-cidr proposes blocks.",
      },
    ]);

    // One that can't be looked at is told as such.
    configure("elsewhere", "nobody", "100.64.128.0/17");
    configure("reporting", "reporting", "100.65.0.0/16");
    const { notRun } = run();
    assert.deepEqual(
      notRun.filter(({ id }) => id === "SHARED-RANGE"),
      [
        {
          id: "SHARED-RANGE",
          why: 'environment elsewhere, which is to have the same addresses for pods: cluster: EKS has no cluster "nobody" in this Region and account. Give a name that aws eks list-clusters prints, and check the Region and the credentials.',
        },
      ],
    );
    configure("elsewhere", "nobody", "100.72.0.0/16");
    assert.ok(run().passed.includes("SHARED-RANGE"));
    rmSync(folder, { recursive: true });
  });

  it("adds no block to the VPC until it is accepted, and then any that its peer doesn't have", async () => {
    const id = (await peering())?.VpcPeeringConnectionId ?? "";
    await assert.rejects(associate("100.64.0.0/16"), { name: "IncorrectState", message: new RegExp(id) });
    await world.ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: id }));
    await assert.rejects(associate("10.60.0.0/20"), { name: "CidrConflict", message: new RegExp(id) });
    const { CidrBlockAssociation } = await associate("100.64.0.0/16");
    assert.equal(CidrBlockAssociation?.CidrBlock, "100.64.0.0/16");
  });
});
