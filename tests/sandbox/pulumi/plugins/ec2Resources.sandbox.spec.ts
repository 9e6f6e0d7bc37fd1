import assert from "node:assert/strict";
import {
  CreateInternetGatewayCommand,
  CreateRouteTableCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  ModifySubnetAttributeCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { awsFixture } from "./awsFixture";
import { secretOf, UNKNOWN, type Json, type PluginProcess } from "./pluginProcess";

const association = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation";
const subnet = "aws:ec2/subnet:Subnet";
const routeTableAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const tag = "aws:ec2/tag:Tag";

describe("resources of EC2 of the aws plugin's stand-in", function () {
  this.timeout(120_000);
  const aws = awsFixture({
    region: "us-west-2",
    defaultTags: JSON.stringify({ tags: { team: "platform" } }),
  });
  let ec2: EC2Client;
  let plugin: PluginProcess;
  let vpcId: string;
  let routeTableId: string;

  before(async () => {
    ({ ec2, plugin } = aws());
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }));
    vpcId = Vpc?.VpcId ?? "";
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    routeTableId = RouteTable?.RouteTableId ?? "";
  });

  const made = async (type: string, given: Json) => {
    const { inputs, failures } = await plugin.check(type, "it", given);
    assert.deepEqual(failures, []);
    return { inputs, ...(await plugin.create(type, "it", inputs)) };
  };

  it("a range is associated with a VPC, read back, and gone after it was deleted twice", async () => {
    const { id, state, inputs } = await made(association, { vpcId, cidrBlock: "100.64.0.0/16" });
    assert.match(id, /^vpc-cidr-assoc-/);
    assert.deepEqual(state, { cidrBlock: "100.64.0.0/16", region: "us-west-2", vpcId });
    const read = await plugin.read(association, id, state, inputs);
    assert.deepEqual(read, { id, state, inputs });
    assert.deepEqual((await plugin.read(association, id)).inputs, inputs);
    await plugin.delete(association, id, state);
    assert.equal((await plugin.read(association, id, state, inputs)).id, "");
    await plugin.delete(association, id, state);
  });

  it("a subnet has the tags of the program and of the provider, and what EC2 decides", async () => {
    const given = {
      vpcId,
      cidrBlock: "10.8.0.0/20",
      availabilityZone: "us-west-2a",
      mapPublicIpOnLaunch: true,
      tags: { Name: "pods-a" },
    };
    const { id, state, inputs } = await made(subnet, given);
    assert.deepEqual(inputs, {
      ...given,
      assignIpv6AddressOnCreation: false,
      enableDns64: false,
      enableResourceNameDnsARecordOnLaunch: false,
      enableResourceNameDnsAaaaRecordOnLaunch: false,
      ipv6Native: false,
      region: "us-west-2",
      tagsAll: { Name: "pods-a", team: "platform" },
    });
    assert.deepEqual(state, {
      ...inputs,
      arn: `arn:aws:ec2:us-west-2:123456789012:subnet/${id}`,
      availabilityZoneId: "usw2-az2",
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociationId: "",
      ownerId: "123456789012",
      privateDnsHostnameTypeOnLaunch: "ip-name",
    });
    assert.deepEqual((await plugin.diff(subnet, id, state, inputs, inputs)).changes, false);
    assert.deepEqual(await plugin.read(subnet, id, state, inputs), { id, state, inputs });
    await plugin.delete(subnet, id, state);
    assert.equal((await plugin.read(subnet, id, state, inputs)).id, "");
  });

  it("what was changed of a subnet by hand is found by a refresh and changed back by an update", async () => {
    const { id, state, inputs } = await made(subnet, {
      vpcId,
      cidrBlock: "10.8.16.0/20",
      tags: { Name: "a" },
    });
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: id, MapPublicIpOnLaunch: { Value: true } }));
    const drifted = await plugin.read(subnet, id, state, inputs);
    assert.equal(drifted.state["mapPublicIpOnLaunch"], true);
    assert.equal(drifted.inputs["mapPublicIpOnLaunch"], true);
    const { inputs: news } = await plugin.check(subnet, "it", {
      vpcId,
      cidrBlock: "10.8.16.0/20",
      tags: { Owner: "b" },
    });
    assert.deepEqual(await plugin.diff(subnet, id, drifted.state, drifted.inputs, news), {
      changes: true,
      detailed: {
        mapPublicIpOnLaunch: "update",
        "tags.Name": "delete",
        "tags.Owner": "add",
        "tagsAll.Name": "delete",
        "tagsAll.Owner": "add",
      },
      replaces: [],
      deleteBeforeReplace: false,
    });
    const updated = await plugin.update(subnet, id, drifted.state, news);
    assert.equal(updated["mapPublicIpOnLaunch"], false);
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }));
    assert.equal(Subnets?.[0]?.MapPublicIpOnLaunch, false);
    assert.deepEqual(Object.fromEntries((Subnets[0].Tags ?? []).map(({ Key, Value }) => [Key, Value])), {
      Owner: "b",
      team: "platform",
    });
    await plugin.delete(subnet, id, updated);
  });

  it("a subnet that somebody deleted is no error to delete, and gone when read", async () => {
    const { id, state, inputs } = await made(subnet, { vpcId, cidrBlock: "10.8.32.0/20" });
    await ec2.send(new DeleteSubnetCommand({ SubnetId: id }));
    assert.equal((await plugin.read(subnet, id, state, inputs)).id, "");
    await plugin.delete(subnet, id, state);
  });

  it("EC2's refusal of a subnet is told with its code", async () => {
    const { inputs } = await plugin.check(subnet, "it", { vpcId, cidrBlock: "10.9.0.0/20" });
    await assert.rejects(
      plugin.create(subnet, "it", inputs),
      /creating EC2 Subnet: api error InvalidSubnet\.Range: /,
    );
  });

  it("other ranges, zones and VPCs need another subnet", async () => {
    const state = {
      vpcId,
      cidrBlock: "10.8.48.0/20",
      availabilityZone: "us-west-2a",
      availabilityZoneId: "usw2-az2",
    };
    const diff = await plugin.diff(subnet, "subnet-1", state, state, {
      vpcId: "vpc-2",
      cidrBlock: UNKNOWN,
      availabilityZone: "us-west-2b",
    });
    assert.deepEqual(diff, {
      changes: true,
      detailed: {
        availabilityZone: "update-replace",
        cidrBlock: "update-replace",
        vpcId: "update-replace",
      },
      replaces: ["availabilityZone", "cidrBlock", "vpcId"],
      deleteBeforeReplace: false,
    });
  });

  it("a route table is exchanged without a new resource, and found for an import by subnet and table", async () => {
    const { id: subnetId, state: subnetState } = await made(subnet, { vpcId, cidrBlock: "10.8.64.0/20" });
    const { id, state, inputs } = await made(routeTableAssociation, { subnetId, routeTableId });
    assert.match(id, /^rtbassoc-/);
    assert.deepEqual(state, { region: "us-west-2", routeTableId, subnetId });
    const imported = await plugin.read(routeTableAssociation, `${subnetId}/${routeTableId}`);
    assert.deepEqual(imported, { id, state, inputs });

    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpcId }));
    const news = { ...inputs, routeTableId: RouteTable?.RouteTableId ?? "" };
    assert.deepEqual((await plugin.diff(routeTableAssociation, id, state, inputs, news)).detailed, {
      routeTableId: "update",
    });
    const updated = await plugin.update(routeTableAssociation, id, state, news);
    assert.equal(updated["routeTableId"], RouteTable?.RouteTableId);
    // Another id of AWS, which Pulumi hears of with the next read.
    const now = await plugin.read(routeTableAssociation, id, updated, news);
    assert.notEqual(now.id, id);
    assert.equal(updated["id"], now.id);
    assert.deepEqual(now.inputs, news);
    await plugin.update(routeTableAssociation, id, updated, inputs);
    const back = await plugin.read(routeTableAssociation, `${subnetId}/${routeTableId}`);
    await plugin.delete(routeTableAssociation, id, { ...updated, id: back.id });
    await plugin.delete(routeTableAssociation, back.id, state);
    assert.equal((await plugin.read(routeTableAssociation, back.id, state, inputs)).id, "");
    await plugin.delete(subnet, subnetId, subnetState);
  });

  it("a tag is put on what another program made", async () => {
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const resourceId = InternetGateway?.InternetGatewayId ?? "";
    const { id, state } = await made(tag, { resourceId, key: "a,b", value: "1" });
    assert.equal(id, `${resourceId},a,b`);
    const updated = await plugin.update(tag, id, state, { resourceId, key: "a,b", value: "2" });
    assert.deepEqual(updated, { resourceId, key: "a,b", value: "2", region: "us-west-2" });
    await plugin.delete(tag, id, updated);
    assert.equal((await plugin.read(tag, id, updated, updated)).id, "");
  });

  it("a preview tells inputs, leaves open what EC2 will say, and makes nothing", async () => {
    const { inputs } = await plugin.check(subnet, "it", { vpcId: UNKNOWN, cidrBlock: "10.8.80.0/20" });
    const before = await ec2.send(new DescribeSubnetsCommand({}));
    const { id, state } = await plugin.create(subnet, "it", inputs, { preview: true });
    assert.equal(id, "");
    assert.equal(state["arn"], UNKNOWN);
    assert.equal(state["availabilityZone"], UNKNOWN);
    assert.equal(state["vpcId"], UNKNOWN);
    assert.equal(state["cidrBlock"], "10.8.80.0/20");
    const after = await ec2.send(new DescribeSubnetsCommand({}));
    assert.equal(after.Subnets?.length, before.Subnets?.length);
  });

  it("a secret input is a secret in checked inputs and in state", async () => {
    const { inputs } = await plugin.check(subnet, "it", {
      vpcId,
      cidrBlock: "10.8.96.0/20",
      tags: { Name: secretOf("x"), other: "y" },
    });
    assert.deepEqual(inputs["tags"], { Name: secretOf("x"), other: "y" });
    const { id, state } = await plugin.create(subnet, "it", inputs);
    assert.deepEqual(state["tags"], { Name: secretOf("x"), other: "y" });
    await plugin.delete(subnet, id, state);
  });

  it("inputs are all checked at once: unknown ones, wrong types, conflicts, ranges with host bits", async () => {
    const { failures } = await plugin.check(subnet, "it", {
      cidrBlock: "10.8.1.0/20",
      availabilityZone: "us-west-2a",
      availabilityZoneId: "usw2-az1",
      mapPublicIpOnLaunch: "yes",
      ipv6Native: true,
      outpostArn: "arn:aws:outposts:us-west-2:123456789012:outpost/op-1",
      tags: { Name: 1 },
      colour: "red",
    });
    assert.deepEqual(
      Object.fromEntries(failures.map(({ property, reason }) => [property, reason.split(";")[0]])),
      {
        cidrBlock: "cidrBlock: 10.8.1.0/20 is not a network address",
        availabilityZone: "availabilityZone conflicts with availabilityZoneId: give one of them",
        mapPublicIpOnLaunch: 'mapPublicIpOnLaunch is "yes", but has to be a boolean',
        ipv6Native:
          "ipv6Native: true is not part of the sandbox's stand-in for the aws plugin: pods get IPv4 addresses only here",
        outpostArn:
          "outpostArn is not part of the sandbox's stand-in for aws:ec2/subnet:Subnet: there are no Outposts in the emulated AWS",
        "tags.Name": "tags.Name is 1, but has to be a string",
        colour: "colour is not an input of aws:ec2/subnet:Subnet",
        vpcId: "aws:ec2/subnet:Subnet needs vpcId",
      },
    );
  });
});
