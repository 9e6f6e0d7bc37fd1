import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installMoto } from "../../../sandbox/aws/installMoto";

/**
 * Launches two instances with tags, and asks about them, and about one that isn't there, before motoSpeed is imported
 * and after it. Prints all answers.
 */
const COMPARE = `
import json
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client

client = Client(DomainDispatcherApplication(create_backend_app))
AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/ec2/aws4_request, SignedHeaders=host, Signature=none"

def ask(action, **parameters):
    form = {"Action": action, "Version": "2016-11-15", **parameters}
    return client.post("/", data=form, headers={"Authorization": AUTHORIZATION}).get_data(as_text=True)

tags = {"TagSpecification.1.ResourceType": "instance", "TagSpecification.1.Tag.1.Key": "Name", "TagSpecification.1.Tag.1.Value": "web"}
ask("RunInstances", ImageId="ami-760aaa0f", MinCount=2, MaxCount=2, **tags)
actions = ["DescribeInstances", "DescribeNetworkInterfaces", "DescribeSubnets", "DescribeVpcs", "DescribeSecurityGroups"]
byTag = {"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "web"}
ask_all = lambda: [ask(action) for action in actions] + [ask("DescribeInstances", **byTag), ask("DescribeInstances", **{"InstanceId.1": "i-0"})]
before = ask_all()
import motoSpeed
print(json.dumps({"before": before, "after": ask_all()}))
`;

describe("moto with its slowest places made faster", function () {
  this.timeout(120_000);

  it("answers as without it", async () => {
    const python = await installMoto(() => undefined);
    const { status, stdout, stderr } = spawnSync(python, ["-B", "-c", COMPARE], {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: join(__dirname, "../../../sandbox/aws") },
      maxBuffer: 100_000_000,
    });
    assert.equal(status, 0, stderr);
    const { before, after } = JSON.parse(stdout) as { before: string[]; after: string[] };
    assert.equal(before[0]?.match(/<instanceId>/g)?.length, 2);
    assert.equal(before[5]?.match(/<value>web<\/value>/g)?.length, 2);
    assert.deepEqual(after, before);
  });
});
