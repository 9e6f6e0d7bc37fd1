import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { renderBootstrapScript } from "../../../planning/userData/bootstrap";
import { renderBottlerocket } from "../../../planning/userData/bottlerocket";
import { renderMime } from "../../../planning/userData/mime";
import { CUSTOM_NETWORKING_MAX_PODS, renderNodeConfig } from "../../../planning/userData/nodeConfig";
import type { NodeSettings } from "../../../planning/userData/nodeSettings";
import { nodeUserData, type NodeFamily, type NodeGroupKind } from "../../../planning/userData/nodeUserData";
import { pathsOf, problemsOf } from "../../support/problems";

const cluster = {
  apiServerEndpoint: "https://0A1B2C.gr7.us-west-2.eks.amazonaws.com",
  certificateAuthority: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
  serviceCidr: "172.20.0.0/16",
};
const settings: NodeSettings = {
  clusterName: "prod-main",
  cluster,
  maxPods: 20,
  labels: { "example.com/pods": "secondary", team: "a" },
  taints: [
    { key: "example.com/new", value: "true", effect: "NoSchedule" },
    { key: "example.com/new", effect: "NoExecute" },
  ],
};

describe("user data", () => {
  const golden: [NodeFamily, NodeGroupKind][] = [
    ["al2023", "managed"],
    ["al2023", "own-ami"],
    ["al2023", "self-managed"],
    ["bottlerocket", "managed"],
    ["bottlerocket", "own-ami"],
    ["al2", "self-managed"],
  ];
  for (const [family, kind] of golden) {
    it(`of ${family} nodes in a ${kind} group is as golden/${family}.${kind}.txt`, () => {
      const expected = readFileSync(join(__dirname, "golden", `${family}.${kind}.txt`), "utf8");
      assert.equal(nodeUserData(family, kind, settings).text, expected);
    });
  }

  it("has nodeadm compute max pods where it is asked to", () => {
    const { text } = nodeUserData("al2023", "own-ami", {
      clusterName: "c",
      cluster,
      maxPodsExpression: CUSTOM_NETWORKING_MAX_PODS,
    });
    assert.match(text, /^ {4}maxPodsExpression: \(\(default_enis - 1\) \* \(ips_per_eni - 1\)\) \+ 2$/m);
  });

  it("gives AL2's arguments for AWS's CloudFormation template", () => {
    assert.equal(
      nodeUserData("al2", "own-ami", { clusterName: "c", maxPods: 20 }).bootstrapArguments,
      "--use-max-pods false --kubelet-extra-args '--max-pods=20'",
    );
  });

  it("lets AL2 find the cluster itself, and nobody else outside a managed group", () => {
    assert.equal(
      nodeUserData("al2", "self-managed", { clusterName: "c" }).text.split("\n")[2],
      "/etc/eks/bootstrap.sh 'c'",
    );
    for (const family of ["al2023", "bottlerocket"] as const) {
      assert.deepEqual(
        pathsOf(() => nodeUserData(family, "own-ami", { clusterName: "c" })),
        ["cluster"],
      );
    }
  });

  it("says where a number is not the last word", () => {
    const notes = (family: NodeFamily, kind: NodeGroupKind, more: Partial<NodeSettings>) =>
      nodeUserData(family, kind, { clusterName: "c", cluster, ...more }).notes.join("\n");
    assert.match(notes("al2023", "managed", { maxPods: 20 }), /its number wins/);
    assert.equal(notes("al2023", "own-ami", { maxPods: 20 }), "");
    assert.equal(notes("bottlerocket", "managed", { maxPods: 20 }), "");
    assert.match(notes("al2023", "own-ami", {}), /Max pods is not set/);
    assert.match(notes("al2023", "own-ami", { maxPods: 20, maxPodsExpression: "max_pods" }), /maxPods wins/);
    assert.match(notes("al2", "own-ami", { maxPods: 20 }), /ended support/);
  });

  it("refuses what an operating system or a kind of group can't take", () => {
    assert.deepEqual(
      pathsOf(() => nodeUserData("al2", "managed", { clusterName: "c" })),
      ["nodeGroup"],
    );
    for (const family of ["al2", "bottlerocket"] as const) {
      assert.deepEqual(
        pathsOf(() =>
          nodeUserData(family, "own-ami", { clusterName: "c", cluster, maxPodsExpression: "max_pods" }),
        ),
        ["maxPodsExpression"],
      );
    }
  });

  it("refuses more than EC2 takes", () => {
    const labels = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`example.com/label-${index}`, "x".repeat(63)]),
    );
    const [problem] = problemsOf(() => nodeUserData("al2023", "managed", { clusterName: "c", labels }));
    assert.match(problem?.reason ?? "", /it has \d+ bytes; EC2 takes 16384/);
  });

  it("refuses names that AWS or Kubernetes would, all at once", () => {
    assert.deepEqual(
      pathsOf(() =>
        nodeUserData("al2023", "own-ami", {
          clusterName: 'a"b$(reboot)\n',
          cluster: {
            apiServerEndpoint: "http://x",
            certificateAuthority: "not base64\n",
            serviceCidr: "172.20.0.1/16",
          },
          maxPods: 0,
          maxPodsExpression: "1\nspec: {}",
          labels: { "a b": "c", ok: "$(x)", "kubernetes.io/role": "x", "a/b/c": "", good: "" },
          taints: [{ key: "-", value: "'", effect: "Sometimes" as never }],
        }),
      ),
      [
        "clusterName",
        "cluster.apiServerEndpoint",
        "cluster.certificateAuthority",
        "cluster.serviceCidr",
        "maxPods",
        "maxPodsExpression",
        'labels["a b"]',
        "labels.ok",
        "labels.kubernetes.io/role",
        'labels["a/b/c"]',
        "taints[0]",
        "taints[0]",
        "taints[0]",
      ],
    );
  });

  const expressions: [string, boolean][] = [
    ["max_pods", true],
    ["(default_enis - 1) * (ips_per_eni - 1) + 2", true],
    ["max_pods > 110 ? 110 : max_pods", true],
    ["20", false],
    ["hello", false],
    ["default_enis * foo_bar + system(1)", false],
    ["(max_pods", false],
    [")max_pods(", false],
    ["max_pods\n", false],
  ];
  for (const [maxPodsExpression, taken] of expressions) {
    it(`${taken ? "takes" : "refuses"} ${JSON.stringify(maxPodsExpression)} as an expression of max pods`, () => {
      const act = () => nodeUserData("al2023", "own-ami", { clusterName: "c", cluster, maxPodsExpression });
      if (taken) assert.match(act().text, /maxPodsExpression: /);
      else assert.deepEqual(pathsOf(act), ["maxPodsExpression"]);
    });
  }

  for (const serviceCidr of [
    "172.20.0.0/25",
    "10.0.0.0/8",
    "100.64.0.0/16",
    "8.8.8.0/24",
    "255.255.255.255/32",
  ]) {
    it(`refuses the service range ${serviceCidr}, as EKS does`, () => {
      const act = () =>
        nodeUserData("al2", "own-ami", { clusterName: "c", cluster: { ...cluster, serviceCidr } });
      assert.deepEqual(pathsOf(act), ["cluster.serviceCidr"]);
    });
  }

  it("refuses a taint that is given twice, as the API server does", () => {
    const taints = [
      { key: "a", value: "1", effect: "NoSchedule" },
      { key: "a", value: "2", effect: "NoSchedule" },
      { key: "a", effect: "NoExecute" },
    ] as const;
    assert.deepEqual(
      pathsOf(() => nodeUserData("al2023", "managed", { clusterName: "c", taints })),
      ["taints[1]"],
    );
  });

  it("quotes names that YAML 1.1 takes for something else", () => {
    for (const name of ["on", "yes", "NO", "off", "1_000", "0b1", "012", "1e3"]) {
      const { text } = nodeUserData("al2023", "own-ami", { clusterName: name, cluster });
      assert.match(text, new RegExp(`\\n {4}name: "${name}"\\n`));
    }
  });

  const kubeletLabels: [string, boolean][] = [
    ["node.kubernetes.io/anything", true],
    ["kubelet.kubernetes.io/x", true],
    ["x.node.kubernetes.io/y", true],
    ["topology.kubernetes.io/zone", true],
    ["kubernetes.io/arch", true],
    ["k8s.amazonaws.com/eniConfig", true],
    ["node-role.kubernetes.io/worker", false],
    ["kubernetes.io/x", false],
    ["sub.k8s.io/x", false],
    ["node-restriction.kubernetes.io/x", false],
  ];
  for (const [key, taken] of kubeletLabels) {
    it(`${taken ? "takes" : "refuses"} the label ${key}, as kubelet does`, () => {
      const act = () => nodeUserData("al2023", "managed", { clusterName: "c", labels: { [key]: "v" } });
      if (taken) assert.match(act().text, new RegExp(`--node-labels=${key}=v`));
      else assert.deepEqual(pathsOf(act), [`labels.${key}`]);
    });
  }
});

/** Texts full of what could end a quotation, a line, a comment or a document. */
const hostile = fc.oneof(
  fc.string({
    unit: fc.constantFrom(..."'\"\\$`\n\r\t #:{}[]!&*|>%@,=-~;()<>é€a1".split("")),
    maxLength: 30,
  }),
  fc.string({ unit: "binary", maxLength: 20 }).filter((text) => Buffer.from(text).toString() === text),
  fc.constantFrom(
    "---\n",
    "...\n",
    "'''",
    '"""',
    "$(reboot)",
    "`reboot`",
    "\n--==PODNET==--\n",
    "<<: *a",
    "!!js/function",
    "'; reboot; '",
  ),
);

describe("user data: escaping, should a name ever come through unchecked", () => {
  const hostileSettings = fc.record({
    clusterName: hostile,
    cluster: fc.record({
      apiServerEndpoint: hostile,
      certificateAuthority: hostile,
      serviceCidr: fc.constant("172.20.0.0/16"),
    }),
    maxPodsExpression: hostile,
    labels: fc.dictionary(
      hostile.filter((key) => key !== "__proto__"),
      hostile,
      { maxKeys: 3 },
    ),
  });

  it("keeps every text in its place in a NodeConfig", () => {
    fc.assert(
      fc.property(hostileSettings, (asked) => {
        const { labels, clusterName, cluster: where, maxPodsExpression } = asked;
        const expected: unknown = {
          apiVersion: "node.eks.aws/v1alpha1",
          kind: "NodeConfig",
          spec: {
            cluster: {
              name: clusterName,
              apiServerEndpoint: where.apiServerEndpoint,
              certificateAuthority: where.certificateAuthority,
              cidr: where.serviceCidr,
            },
            kubelet: {
              ...(Object.keys(labels).length > 0 && {
                flags: [
                  `--node-labels=${Object.entries(labels)
                    .map(([key, value]) => `${key}=${value}`)
                    .join(",")}`,
                ],
              }),
              maxPodsExpression,
            },
          },
        };
        assert.deepEqual(parseYaml(renderNodeConfig(asked)), expected);
      }),
    );
  });

  it("keeps every text in its place in Bottlerocket's TOML", () => {
    fc.assert(
      fc.property(hostileSettings, (asked) => {
        const { settings: read } = parseToml(renderBottlerocket(asked)) as {
          settings: { kubernetes: Record<string, unknown> };
        };
        const { "node-labels": labels = {}, ...rest } = read.kubernetes;
        assert.deepEqual(rest, {
          "cluster-name": asked.clusterName,
          "api-server": asked.cluster.apiServerEndpoint,
          "cluster-certificate": asked.cluster.certificateAuthority,
          "cluster-dns-ip": "172.20.0.10",
        });
        assert.deepEqual({ ...(labels as object) }, { ...asked.labels });
      }),
    );
  });

  it("keeps every text one word in a shell script", function () {
    // A shell for each of them.
    this.timeout(60_000);
    // bash itself can't hold the character 0 in an argument.
    const noZero = hostileSettings.filter((asked) => !JSON.stringify(asked).includes("\\u0000"));
    fc.assert(
      fc.property(noZero, (asked) => {
        const script = renderBootstrapScript(asked).replace("/etc/eks/bootstrap.sh", "printf '%s\\0'");
        const words = execFileSync("bash", ["-c", script]).toString().split("\0").slice(0, -1);
        const labels = Object.entries(asked.labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(",");
        assert.deepEqual(words, [
          asked.clusterName,
          "--apiserver-endpoint",
          asked.cluster.apiServerEndpoint,
          "--b64-cluster-ca",
          asked.cluster.certificateAuthority,
          "--dns-cluster-ip",
          "172.20.0.10",
          ...(labels === "" && Object.keys(asked.labels).length === 0
            ? []
            : ["--kubelet-extra-args", `--node-labels=${labels}`]),
        ]);
      }),
    );
  });

  it("never lets a part end the MIME document", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 3 }), (contents) => {
        const text = renderMime(contents.map((content) => ({ contentType: "text/plain", content })));
        const boundary = /boundary="([^"]+)"/.exec(text)?.[1] ?? "";
        const body = text.slice(text.indexOf("\n\n") + 1);
        assert.equal(body.split(`\n--${boundary}\n`).length - 1, contents.length);
        assert.equal(body.split(`\n--${boundary}--\n`).length - 1, 1);
        contents.forEach((content) => {
          assert.ok(!content.includes(boundary));
        });
      }),
    );
  });
});
