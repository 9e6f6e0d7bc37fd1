import assert from "node:assert/strict";
import { readKubeletSettings } from "../../../../sandbox/dataPlane/kubelet/userData";
import { limitsOf } from "../../../../sandbox/dataPlane/limitsOfInstanceType";

const read = (userData: string, type = "m5.large") => readKubeletSettings(userData, limitsOf(type));
/** What NodeConfigs of the cluster small come to when they say nothing more. */
const small = {
  clusterName: "small",
  maxPods: undefined,
  labels: {},
  taints: [],
  operatingSystem: "al2023",
  warnings: [],
};

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
    assert.deepEqual(read(text), {
      ...small,
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
    assert.deepEqual(read(text), { ...small, maxPods: 29, labels: { a: "1", b: "2" } });
  });

  it("lets a flag beat the configuration file", () => {
    const text = nodeConfig("    config: { maxPods: 29 }\n    flags: [--max-pods=20]");
    assert.equal(read(text).maxPods, 20);
  });

  it("leaves max pods to the AMI when there is none", () => {
    assert.deepEqual(read(nodeConfig("    flags: [--v=2]")), small);
  });

  it("names no cluster when it is empty or a shell script, and the last one of several", () => {
    for (const text of ["", "#!/bin/bash\necho hello\n"]) {
      assert.deepEqual(read(text), { ...small, clusterName: undefined });
    }
    const text = multipart(
      ["application/node.eks.aws", nodeConfig("    flags: []")],
      ["application/node.eks.aws", "kind: NodeConfig\nspec: { cluster: { name: other } }"],
    );
    assert.equal(read(text).clusterName, "other");
  });

  it("is refused where it would start a node in a way that is not played", () => {
    assert.throws(
      () => read("{ ignition: {} }"),
      /reads a NodeConfig of AL2023, .* begins with "\{ ignition/,
    );
    assert.throws(() => read(nodeConfig("    config: { maxPods: many }")), /maxPods: "many"/);
  });
});

describe("a maxPodsExpression", () => {
  const maxPods = (expression: string, type?: string) =>
    read(nodeConfig(`    maxPodsExpression: "${expression}"`), type);

  it("is computed from what the instance type carries", () => {
    assert.equal(maxPods("(default_enis - 1) * (ips_per_eni - 1) + 2").maxPods, 20);
    assert.equal(maxPods("((default_enis - 1) * (ips_per_eni - 1)) + 2", "m5.xlarge").maxPods, 44);
    assert.equal(maxPods("max_pods+2", "m5.xlarge").maxPods, 60);
    assert.equal(maxPods("-1 + 9 / 2 * 10 % 30").maxPods, 9);
  });

  it("yields to max pods in the configuration and in a flag", () => {
    const text = (kubelet: string) =>
      read(nodeConfig(`    maxPodsExpression: "max_pods"\n${kubelet}`)).maxPods;
    assert.equal(text("    config: { maxPods: 20 }"), 20);
    assert.equal(text("    flags: [--max-pods=18]"), 18);
    assert.equal(text(""), 29);
  });

  it("leaves the AMI's own number, with a warning, when it fails", () => {
    for (const [expression, why] of [
      ["max_pods - 29", "is 0"],
      ["max_pods / 0", "can't be computed"],
      ["max_pds", "can't be computed"],
      ["(max_pods", "can't be computed"],
      ["max_pods 2", "can't be computed"],
      ["1 - max_pods", "is -28"],
    ]) {
      const { maxPods: given, warnings } = maxPods(expression ?? "");
      assert.equal(given, undefined);
      assert.deepEqual(warnings, [
        `maxPodsExpression ${JSON.stringify(expression)} ${why ?? ""}; using the default`,
      ]);
    }
  });

  it("is refused where it needs more of CEL than is played", () => {
    assert.throws(
      () => maxPods("max_pods > 110 ? 110 : max_pods"),
      /has >: the sandbox computes \+ - \* \/ % and parentheses only/,
    );
  });
});

describe("settings of Bottlerocket", () => {
  it("give cluster, max pods, labels and taints", () => {
    const text = `[settings.kubernetes]
cluster-name = "small"
api-server = "https://127.0.0.1:6443"
max-pods = 20

[settings.kubernetes.node-labels]
"example.com/pods" = "secondary"
team = "a"

[settings.kubernetes.node-taints]
"example.com/new" = [ "true:NoSchedule", ":NoExecute" ]
dedicated = "batch:NoSchedule"
`;
    assert.deepEqual(read(text), {
      clusterName: "small",
      maxPods: 20,
      labels: { "example.com/pods": "secondary", team: "a" },
      taints: [
        { key: "example.com/new", value: "true", effect: "NoSchedule" },
        { key: "example.com/new", effect: "NoExecute" },
        { key: "dedicated", value: "batch", effect: "NoSchedule" },
      ],
      operatingSystem: "bottlerocket",
      warnings: [],
    });
  });

  it("leave to Bottlerocket what they don't say, and name no cluster by themselves", () => {
    assert.deepEqual(read("[settings.host-containers.admin]\nenabled = true\n"), {
      ...small,
      clusterName: undefined,
      operatingSystem: "bottlerocket",
    });
  });
});

describe("a bootstrap script of AL2", () => {
  const al2 = { ...small, operatingSystem: "al2" };
  const flags = "--kubelet-extra-args '--max-pods=20 --node-labels=team=web,pool=apps'";

  it("gives the flags of the kubelet, of which max pods beat the script's own", () => {
    const expected = { ...al2, maxPods: 20, labels: { team: "web", pool: "apps" } };
    for (const options of [`--use-max-pods false ${flags}`, flags, `--dns-cluster-ip 172.20.0.10 ${flags}`]) {
      assert.deepEqual(read(`#!/bin/bash\nset -ex\n/etc/eks/bootstrap.sh small ${options}\n`), expected);
    }
  });

  it("may have its options before the cluster, over several lines, and in a part of a MIME document", () => {
    const script = `#!/bin/bash\n/etc/eks/bootstrap.sh --use-max-pods false \\\n  ${flags} \\\n  'small'\n`;
    const expected = { ...al2, maxPods: 20, labels: { team: "web", pool: "apps" } };
    assert.deepEqual(read(multipart(["text/x-shellscript; charset=us-ascii", script])), expected);
  });

  it("leaves max pods to the AMI, or to the kubelet's 110 where it is told to", () => {
    const maxPods = (options: string) => read(`#!/bin/bash\n/etc/eks/bootstrap.sh small${options}\n`).maxPods;
    assert.equal(maxPods(""), undefined);
    assert.equal(maxPods(" --use-max-pods true"), undefined);
    assert.equal(maxPods(" --use-max-pods false"), 110);
  });

  it("is none where it is a comment", () => {
    assert.equal(read("#!/bin/bash\n# /etc/eks/bootstrap.sh small\n").clusterName, undefined);
  });
});

describe("a PowerShell script of Windows", () => {
  it("gives cluster, max pods, labels and taints", () => {
    const script = `<powershell>
[string]$EKSBootstrapScriptFile = "$env:ProgramFiles\\Amazon\\EKS\\Start-EKSBootstrap.ps1"
& $EKSBootstrapScriptFile -EKSClusterName "small" -APIServerEndpoint "https://x" -KubeletExtraArgs "--node-labels=pool=win --register-with-taints=os=windows:NoSchedule --max-pods=7"
</powershell>`;
    assert.deepEqual(read(script), {
      ...small,
      maxPods: 7,
      labels: { pool: "win" },
      taints: [{ key: "os", value: "windows", effect: "NoSchedule" }],
      operatingSystem: "windows",
    });
  });
});
