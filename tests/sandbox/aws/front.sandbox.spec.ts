import assert from "node:assert/strict";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { CreateVpcCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { ListClustersCommand } from "@aws-sdk/client-eks";
import { CreateRoleCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { listenersOf } from "../../support/listeners";
import { frontFixture, REGION } from "./support/frontFixture";

describe("the front of the emulated AWS", function () {
  this.timeout(120_000);
  const report = { violations: 0 };
  const aws = frontFixture({ ownPaths: { "/_sandbox/witness": () => report } });

  it("listens on the loopback address alone", () => {
    const { port } = new URL(aws().front.endpoint);
    const own = listenersOf([process.pid]).filter((address) => address.endsWith(`:${port}`));
    assert.deepEqual(own, [`127.0.0.1:${port}`]);
  });

  it("answers the sandbox's own paths without a signature, and names them where one is unknown", async () => {
    const { front } = aws();
    const answer = await fetch(`${front.endpoint}/_sandbox/witness`);
    assert.deepEqual(await answer.json(), report);
    const unknown = await fetch(`${front.endpoint}/_sandbox/nothing`);
    assert.equal(unknown.status, 404);
    assert.match(await unknown.text(), /\/_sandbox\/witness/);
  });

  it("hands IAM and STS on", async () => {
    const client = {
      endpoint: aws().front.endpoint,
      region: REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const iam = new IAMClient(client);
    await iam.send(new CreateRoleCommand({ RoleName: "small-node", AssumeRolePolicyDocument: "{}" }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "small-node" }));
    assert.equal(Role?.Arn, "arn:aws:iam::123456789012:role/small-node");
    iam.destroy();
  });

  it("refuses calls without a signature, and calls to another region by its name", async () => {
    const { front } = aws();
    const unsigned = await fetch(`${front.endpoint}/?Action=DescribeVpcs`);
    assert.equal(unsigned.status, 403);
    assert.match(await unsigned.text(), /MissingAuthenticationToken/);
    const elsewhere = new AutoScalingClient({
      endpoint: front.endpoint,
      region: "eu-west-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await assert.rejects(elsewhere.send(new DescribeAutoScalingGroupsCommand({})), {
      name: "UnsupportedOperation",
      message: "This sandbox is us-west-2; the call was for eu-west-1.",
    });
    elsewhere.destroy();
  });

  for (const service of ["sns", "lambda", "s3"]) {
    it(`refuses ${service}, by its name: moto's would reach out of the sandbox`, async () => {
      const scope = `AKIDEXAMPLE/20260101/${REGION}/${service}/aws4_request`;
      const answer = await fetch(aws().front.endpoint, {
        method: "POST",
        headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
        body: "Action=ListTopics&Version=2010-03-31",
      });
      assert.equal(answer.status, 400);
      assert.ok(
        (await answer.text()).includes(
          `<Message>This sandbox has no ${service}; it has ec2, autoscaling, eks, servicequotas, iam, sts, elasticloadbalancing.</Message>`,
        ),
      );
    });
  }

  it("hands on AWS's refusals with their code", async () => {
    await assert.rejects(aws().ec2.send(new DescribeVpcsCommand({ VpcIds: ["vpc-0123456789abcdef0"] })), {
      name: "InvalidVpcID.NotFound",
    });
  });

  it("tells of what changes, and of nothing that is only looked at", async () => {
    const { front, ec2, eks } = aws();
    let changes = 0;
    let action: string | undefined;
    front.onChange((done) => {
      changes += 1;
      action = done;
    });
    await ec2.send(new DescribeVpcsCommand({}));
    await eks.send(new ListClustersCommand({}));
    assert.equal(changes, 0);
    await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
    assert.equal(changes, 1);
    assert.equal(action, "CreateVpc");
    await assert.rejects(ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/8" })));
    assert.equal(changes, 1);
  });
});
