import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { UpdateClusterConfigCommand, type VpcConfigRequest } from "@aws-sdk/client-eks";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { sandboxEnv } from "../../../sandbox/sandbox";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { WorldView } from "./worldView";

describe("the world private-endpoint", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("private-endpoint");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const setAccess = (resourcesVpcConfig: VpcConfigRequest) =>
    world.eks.send(new UpdateClusterConfigCommand({ name: "private-endpoint", resourcesVpcConfig }));
  /** The configuration of a shell, which is outside the VPC or inside. */
  const configOf = (inside: boolean) => {
    const config = new KubeConfig();
    config.loadFromFile(sandboxEnv(record(), inside).KUBECONFIG);
    return config;
  };
  const nodeCount = async (config: KubeConfig) =>
    (await config.makeApiClient(CoreV1Api).listNode()).items.length;

  it("is told by preflight from outside within seconds, with AWS's half of the picture", async () => {
    const began = performance.now();
    const found = await preflightOf(record(), { kubeconfig: sandboxEnv(record(), false).KUBECONFIG });
    assert.ok(performance.now() - began < 40_000);
    const [finding] = findingsOf(found, "API-ANSWERS");
    assert.equal(finding?.level, "stop");
    assert.match(finding.evidence[0] ?? "", /^https:\/\/127\.0\.0\.1:\d+: it said nothing within 10 s$/);
    assert.match(finding.evidence[1] ?? "", /^The endpoint is private alone/);
    const notRun = found.notRun.map(({ id }) => id);
    assert.ok(["NETPOL-IPBLOCK", "PDB-NEVER", "CNI-HELD"].every((id) => notRun.includes(id)));
    assert.ok(["POD-CIDR", "SG-INGRESS", "NACL", "PLAN", "QUOTA"].every((id) => found.passed.includes(id)));
  });

  it("is told by preflight from inside that the API answers", async () => {
    const found = await preflightOf(record());
    assert.deepEqual([...findingsOf(found, "API-ANSWERS"), ...found.notRun], []);
  });

  it("has an endpoint that is private, at an address that is not the API server's own", async () => {
    const { endpoint, resourcesVpcConfig } = await world.cluster();
    assert.equal(resourcesVpcConfig?.endpointPublicAccess, false);
    assert.equal(resourcesVpcConfig.endpointPrivateAccess, true);
    assert.match(endpoint ?? "", /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.notEqual(endpoint, record().server);
    assert.equal(configOf(false).getCurrentCluster()?.server, endpoint);
  });

  it("answers inside the VPC, where all nodes are Ready", async () => {
    assert.equal(configOf(true).getCurrentCluster()?.server, record().server);
    assert.equal(await nodeCount(configOf(true)), 3);
    assert.deepEqual(await world.nodes(), [
      "us-west-2a Ready 29",
      "us-west-2b Ready 29",
      "us-west-2c Ready 29",
    ]);
  });

  it("takes connections from outside and says nothing, until the endpoint is public", async () => {
    const { hostname, port } = new URL((await world.cluster()).endpoint ?? "");
    const said: Buffer[] = [];
    const closed = new Promise<void>((resolve, reject) => {
      const socket: Socket = connect(Number(port), hostname, () => {
        socket.write("GET / HTTP/1.1\r\n\r\n");
        setAccess({ endpointPublicAccess: true }).catch(reject);
      });
      socket.on("data", (data) => said.push(data));
      socket.on("error", () => undefined);
      socket.on("close", () => {
        resolve();
      });
    });
    await closed;
    assert.deepEqual(said, []);
    assert.equal(await nodeCount(configOf(false)), 3);
  });

  it("refuses to be reachable for nobody, and to become what it is", async () => {
    await assert.rejects(setAccess({ endpointPublicAccess: false, endpointPrivateAccess: false }), {
      name: "InvalidParameterException",
      message: "Private and public endpoint access cannot be false",
    });
    await assert.rejects(setAccess({ endpointPublicAccess: true }), {
      name: "InvalidParameterException",
      message:
        "Cluster is already at the desired configuration with endpointPrivateAccess: true , " +
        "endpointPublicAccess: true, and Public Endpoint Restrictions: [0.0.0.0/0]",
    });
  });
});
