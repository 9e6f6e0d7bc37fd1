import assert from "node:assert/strict";
import { readKubeletSettings } from "../../../../sandbox/dataPlane/kubelet/userData";

const nodeConfig = (kubelet: string) => `apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster: { name: small }
  kubelet:
${kubelet}`;

const multipart = (...parts: [type: string, body: string][]) =>
  [
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="//"',
    "",
    ...parts.flatMap(([type, body]) => ["--//", `Content-Type: ${type}`, "", body, ""]),
    "--//--",
    "",
  ].join("\n");

describe("user data, as a kubelet of AL2023 gets it", () => {
  it("gives max pods, labels and taints of the NodeConfig that EKS writes", () => {
    const text = multipart([
      "application/node.eks.aws",
      nodeConfig(`    config:
      maxPods: 20
      clusterDNS: [172.20.0.10]
    flags:
      - "--node-labels=eks.amazonaws.com/nodegroup=general,eks.amazonaws.com/capacityType=ON_DEMAND,team="
      - "--register-with-taints=dedicated=batch:NoSchedule,quiet:NoExecute"`),
    ]);
    assert.deepEqual(readKubeletSettings(text), {
      maxPods: 20,
      labels: {
        "eks.amazonaws.com/nodegroup": "general",
        "eks.amazonaws.com/capacityType": "ON_DEMAND",
        team: "",
      },
      taints: [
        { key: "dedicated", value: "batch", effect: "NoSchedule" },
        { key: "quiet", effect: "NoExecute" },
      ],
    });
  });

  it("takes the last of several NodeConfigs, adds flags up, and passes shell scripts over", () => {
    const text = multipart(
      ["text/x-shellscript; charset=us-ascii", "#!/bin/bash\necho kind: NodeConfig"],
      [
        "application/node.eks.aws",
        nodeConfig("    config: { maxPods: 11 }\n    flags: [--node-labels=a=1,b=1]"),
      ],
      ["application/node.eks.aws", nodeConfig("    config: { maxPods: 29 }\n    flags: [--node-labels=b=2]")],
    ).replaceAll("\n", "\r\n");
    assert.deepEqual(readKubeletSettings(text), { maxPods: 29, labels: { a: "1", b: "2" }, taints: [] });
  });

  it("lets a flag beat the configuration file", () => {
    const text = nodeConfig("    config: { maxPods: 29 }\n    flags: [--max-pods=20]");
    assert.equal(readKubeletSettings(text).maxPods, 20);
  });

  it("leaves max pods to the AMI when there is none", () => {
    for (const text of ["", "#!/bin/bash\necho hello\n", nodeConfig("    flags: [--v=2]")]) {
      assert.deepEqual(readKubeletSettings(text), { maxPods: undefined, labels: {}, taints: [] });
    }
  });

  it("is refused where it would start a node in a way that is not played", () => {
    assert.throws(
      () => readKubeletSettings("#!/bin/bash\n/etc/eks/bootstrap.sh small\n"),
      /reads a NodeConfig of AL2023 only, .*bootstrap\.sh/,
    );
    assert.throws(
      () => readKubeletSettings("[settings.kubernetes]\nmax-pods = 20\n"),
      /NodeConfig of AL2023 only/,
    );
    assert.throws(
      () => readKubeletSettings(nodeConfig('    maxPodsExpression: "max_pods"')),
      /maxPodsExpression/,
    );
    assert.throws(() => readKubeletSettings(nodeConfig("    config: { maxPods: many }")), /maxPods: "many"/);
  });
});
