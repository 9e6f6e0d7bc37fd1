import assert from "node:assert/strict";
import { podnet, podnetJson } from "../support/podnet";

describe("podnet aws-node-env", () => {
  const line = "aws-node-env --custom-networking --eni-config-label-def topology.kubernetes.io/zone";

  it("prints variables, of the init container apart", async () => {
    assert.equal(
      (
        await podnet(
          `${line} --pod-eni --disable-tcp-early-demux --additional-eni-tags a=b c=d=e --exclude-snat-cidrs 10.0.0.0/8 --external-snat false`,
        )
      ).stdout,
      [
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true",
        "ENI_CONFIG_LABEL_DEF=topology.kubernetes.io/zone",
        "AWS_VPC_K8S_CNI_EXTERNALSNAT=false",
        "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS=10.0.0.0/8",
        "ENABLE_POD_ENI=true",
        'ADDITIONAL_ENI_TAGS={"a":"b","c":"d=e"}',
        "# of the init container aws-vpc-cni-init",
        "DISABLE_TCP_EARLY_DEMUX=true",
        "",
      ].join("\n"),
    );
  });

  it("prints configuration values for the add-on, and a patch for the DaemonSet", async () => {
    assert.deepEqual(JSON.parse((await podnet(`${line} --output configuration-values`)).stdout), {
      env: {
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
        ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
      },
    });
    assert.match(
      (await podnet(`${line} --output daemonset-patch`)).stdout,
      /^spec:\n {2}template:\n {4}spec:\n {6}containers:\n {8}- name: aws-node\n {10}env:\n {12}- name: AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG\n {14}value: "true"\n/,
    );
  });

  const addOn = JSON.stringify({
    addon: {
      addonName: "vpc-cni",
      configurationValues: '{"enableNetworkPolicy":"true","env":{"WARM_IP_TARGET":"3"}}',
    },
  });
  const daemonSet = JSON.stringify({
    kind: "DaemonSet",
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: "aws-node",
              env: [
                { name: "MY_NODE_NAME", valueFrom: { fieldRef: {} } },
                { name: "WARM_ENI_TARGET", value: "1" },
                { name: "FOREIGN", value: "x" },
              ],
            },
            { name: "aws-eks-nodeagent", env: [{ name: "OTHER", value: "y" }] },
          ],
          initContainers: [{ name: "aws-vpc-cni-init", env: [{ name: "ENABLE_IPv6", value: "false" }] }],
        },
      },
    },
  });

  it("keeps what the add-on has, and judges the settings by it", async () => {
    const { json } = await podnetJson("aws-node-env --warm-eni-target 2 --current a.json", {
      "a.json": addOn,
    });
    const merged = json as {
      configurationValues: string;
      changes: unknown[];
      notes: string[];
      daemonSetPatch: unknown;
    };
    assert.deepEqual(JSON.parse(merged.configurationValues), {
      enableNetworkPolicy: "true",
      env: { WARM_IP_TARGET: "3", WARM_ENI_TARGET: "2" },
    });
    assert.deepEqual(merged.changes, [{ name: "WARM_ENI_TARGET", to: "2" }]);
    assert.match(
      merged.notes[0] ?? "",
      /^--warm-eni-target has no effect: --warm-ip-target or --minimum-ip-target/,
    );
    assert.equal(merged.daemonSetPatch, null);
  });

  it("keeps every entry of the DaemonSet, in its order", async () => {
    const { json } = await podnetJson(`${line} --current d.json`, { "d.json": daemonSet });
    const { daemonSetPatch, configurationValues } = json as {
      daemonSetPatch: { spec: { template: { spec: { containers: { env: { name: string }[] }[] } } } };
      configurationValues: unknown;
    };
    const [container] = daemonSetPatch.spec.template.spec.containers;
    assert.deepEqual(
      container?.env.map(({ name }) => name),
      [
        "MY_NODE_NAME",
        "WARM_ENI_TARGET",
        "FOREIGN",
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
        "ENI_CONFIG_LABEL_DEF",
      ],
    );
    assert.deepEqual(container.env[0], { name: "MY_NODE_NAME", valueFrom: { fieldRef: {} } });
    assert.equal(configurationValues, null);
  });

  it("takes the version of the CNI from what the cluster has", async () => {
    const old = JSON.stringify({ addon: { addonVersion: "v1.8.0-eksbuild.1" } });
    const image = JSON.stringify({
      kind: "DaemonSet",
      spec: { template: { spec: { containers: [{ name: "aws-node", image: "x/amazon-k8s-cni:v1.8.0" }] } } },
    });
    for (const x of [old, image]) {
      const { code, stderr } = await podnet(
        "aws-node-env --prefix-delegation --warm-prefix-target 1 --current x",
        { x },
      );
      assert.equal(code, 2);
      assert.match(stderr, /--prefix-delegation: CNI 1\.8\.0 does not know ENABLE_PREFIX_DELEGATION/);
    }
  });

  it("takes configuration values as a text, too, and the only item of a list", async () => {
    const text = JSON.stringify('{"env":{"WARM_IP_TARGET":"3"}}');
    const { json } = await podnetJson("aws-node-env --pod-eni --current x", { x: text });
    assert.deepEqual((json as { env: unknown }).env, { WARM_IP_TARGET: "3", ENABLE_POD_ENI: "true" });
    const list = JSON.stringify({ kind: "List", items: [JSON.parse(daemonSet) as unknown] });
    assert.equal((await podnetJson("aws-node-env --pod-eni --current x", { x: list })).code, 0);
  });

  it("takes every form of configuration values, empty ones and new keys beside known ones too", async () => {
    for (const values of [
      {},
      { tolerations: [] },
      { nodeAgent: { enableCloudWatchLogs: "true" } },
      { env: {}, newKey: 1 },
    ]) {
      const { json } = await podnetJson("aws-node-env --pod-eni --current x", { x: JSON.stringify(values) });
      const { configurationValues } = json as { configurationValues: string };
      assert.deepEqual(JSON.parse(configurationValues), { ...values, env: { ENABLE_POD_ENI: "true" } });
    }
  });

  const wrongDocuments: [string, string, RegExp][] = [
    [
      "another add-on",
      '{"addon":{"addonName":"coredns","configurationValues":"{}"}}',
      /addon\.addonName: "coredns" can't/,
    ],
    [
      "values that are no text",
      '{"addon":{"configurationValues":{}}}',
      /addon\.configurationValues: \{\} can't be used/,
    ],
    [
      "another DaemonSet",
      '{"kind":"DaemonSet","spec":{"template":{"spec":{"containers":[{"name":"kube-proxy"}]}}}}',
      /has no container aws-node, but kube-proxy/,
    ],
    [
      "a variable that is no text",
      '{"kind":"DaemonSet","spec":{"template":{"spec":{"containers":[{"name":"aws-node","env":[{"name":"A","value":1}]}]}}}}',
      /env\[0\]\.value: 1 can't be used/,
    ],
    ["a list of many", '{"kind":"List","items":[]}', /\(the whole file\): is neither/],
    ["a cluster", '{"cluster":{"name":"c"}}', /\(the whole file\): is neither/],
    ["subnets", '{"Subnets":[]}', /\(the whole file\): is neither/],
    [
      "the add-ons of a cluster",
      '{"addons":["vpc-cni"]}',
      /\(the whole file\): is neither .*\n +-> Give what aws eks describe-addon/,
    ],
    ["a number", "7", /\(the whole file\): is neither/],
  ];
  for (const [name, x, message] of wrongDocuments) {
    it(`refuses ${name} as what the cluster has`, async () => {
      const { code, stderr } = await podnet("aws-node-env --pod-eni --current x", { x });
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  it("judges by the settings of the init container as well, under the names that the cluster has them by", async () => {
    const six = daemonSet.replace('"ENABLE_IPv6","value":"false"', '"ENABLE_IPv6","value":"true"');
    assert.notEqual(six, daemonSet);
    const { code, stderr } = await podnet(`${line} --current x`, { x: six });
    assert.equal(code, 2);
    assert.match(stderr, /\n {2}ENABLE_IPv6 of --current: ipamd does not start with IPv4 and IPv6 both on/);
  });

  it("needs a warm target for prefixes where the DaemonSet has none", async () => {
    const { code, stderr } = await podnet("aws-node-env --prefix-delegation --current x", { x: daemonSet });
    assert.equal(code, 2);
    assert.match(stderr, /WARM_PREFIX_TARGET of --current: aws-node does not start/);
  });

  it("notes what the cluster has that the CNI can't read, and nothing of settings that were not asked for", async () => {
    const x = JSON.stringify({ env: { WARM_PREFIX_TARGET: "1", AWS_VPC_K8S_CNI_EXTERNALSNAT: "yes" } });
    const { stderr } = await podnet("aws-node-env --pod-eni --disable-tcp-early-demux --current x", { x });
    assert.equal(
      stderr,
      'note: env.AWS_VPC_K8S_CNI_EXTERNALSNAT: "yes" is neither true nor false. The CNI takes its default in its place.\n',
    );
  });

  it("writes values that YAML 1.1 takes for something else in quotes, and lines of one value as one", async () => {
    const flag = daemonSet.replace('"value":"x"', '"value":"off"');
    const patch = (await podnet(`${line} --current x --output daemonset-patch`, { x: flag })).stdout;
    assert.match(patch, /name: FOREIGN\n +value: "off"\n/);
    const lines = daemonSet.replace('"value":"x"', '"value":"a\\nB=c"');
    assert.match((await podnet(`${line} --current x`, { x: lines })).stdout, /^FOREIGN="a\\nB=c"$/m);
  });

  it("refuses to make one form from the other, where settings would be lost", async () => {
    for (const [output, file] of [
      ["configuration-values", daemonSet],
      ["daemonset-patch", addOn],
    ] as const) {
      const { code, stderr } = await podnet(`${line} --current x --output ${output}`, { x: file });
      assert.equal(code, 2);
      assert.match(stderr, /--output: .* settings of the other form would be lost/);
    }
  });

  it("refuses what can't be together, by flag, and what the version does not know", async () => {
    const { code, stderr } = await podnet(
      "aws-node-env --custom-networking --ipv6 --ipv4 false --prefix-delegation --cni-version 1.8.0",
    );
    assert.equal(code, 2);
    assert.match(
      stderr,
      /--custom-networking: ipamd does not start[^]*--prefix-delegation: CNI 1\.8\.0 does not know ENABLE_PREFIX_DELEGATION; 1\.9\.0 is the first/,
    );
    assert.match((await podnet("aws-node-env")).stderr, /\(settings\): none was given/);
    for (const [flags, message] of [
      [
        "--exclude-snat-cidrs 10.0.0.1/8",
        /--exclude-snat-cidrs: 10\.0\.0\.1\/8 has bits set .*\n +-> Write 10\.0\.0\.0\/8/,
      ],
      ["--additional-eni-tags a=b,c=d", /--additional-eni-tags: "a=b,c=d" looks like several tags/],
      ["--additional-eni-tags a", /--additional-eni-tags: "a" is not a tag/],
    ] as const) {
      assert.match((await podnet(`aws-node-env ${flags}`)).stderr, message);
    }
    assert.match(
      (await podnet("aws-node-env --warm-ip-target x --pod-eni maybe")).stderr,
      /--warm-ip-target: "x" is not a number of addresses[^]*--pod-eni: "maybe" is neither/,
    );
    assert.match(
      (await podnet("aws-node-env --pod-eni --current x", { x: '{"env": {"A": 1}}' })).stderr,
      /configurationValues\.env\.A: 1 is not a string/,
    );
  });
});
