import assert from "node:assert/strict";
import { commands } from "../../cli/commands";
import { podnet, podnetJson } from "../support/podnet";

describe("podnet max-pods", () => {
  it("answers each type with its reasons, and the number of the group", async () => {
    const { code, json } = await podnetJson("max-pods m5.large t3.small --custom-networking");
    assert.equal(code, 0);
    assert.deepEqual(
      (
        json as {
          instanceType: string;
          maxPods: number;
          enis: number;
          ipv4PerEni: number;
          capped: boolean;
          steps: string[];
          groupMaxPods: number;
        }[]
      ).map(({ steps, ...row }) => [
        row.instanceType,
        row.maxPods,
        row.enis,
        row.ipv4PerEni,
        row.capped,
        steps.length,
        row.groupMaxPods,
      ]),
      [
        ["m5.large", 20, 3, 10, false, 4, 8],
        ["t3.small", 8, 3, 4, false, 4, 8],
      ],
    );
  });

  it("explains a single type, and tells several in a table", async () => {
    assert.match(
      (await podnet("max-pods m5.large")).stdout,
      /^m5\.large {2}29 pods\n\n {2}3 ENIs .*\n {2}3 x \(10 - 1\) = 27/,
    );
    const { stdout } = await podnet("max-pods m5.large m5.8xlarge --prefix-delegation");
    assert.match(
      stdout,
      /^TYPE +MAX PODS +ENIS +IPV4\/ENI +MODE\nm5\.large +110 +3 +10 +prefixes +capped\nm5\.8xlarge +250 /,
    );
    assert.match(stdout, /In one managed node group: 110 pods/);
  });

  it("takes every flag", async () => {
    const line =
      "max-pods m5.8xlarge --custom-networking --prefix-delegation --max-eni 2 --host-network-daemon-sets 3 --uncapped --endpoint table";
    const { json } = await podnetJson(line);
    assert.equal((json as { maxPods: number }[])[0]?.maxPods, 29 * 16 + 5);
  });

  it("takes flags from a file, the command line first", async () => {
    const files = {
      "group.yaml": "instanceTypes: [m5.large, m5.xlarge]\ncustomNetworking: true\nmaxEni: 2\n",
    };
    const numbers = async (line: string) =>
      ((await podnetJson(line, files)).json as { maxPods: number }[]).map(({ maxPods }) => maxPods);
    assert.deepEqual(await numbers("max-pods --file group.yaml"), [11, 16]);
    assert.deepEqual(await numbers("max-pods m5.large --max-eni 3 -f group.yaml"), [20]);
  });

  it("refuses a file of flags by line, key and way out", async () => {
    const { code, stderr } = await podnet("max-pods -f group.yaml", {
      "group.yaml": "instanceTypes: [m5.large]\ncustomNetwork: true\nmaxEni: [1, 2]\nuncapped: maybe\n",
    });
    assert.equal(code, 2);
    assert.match(stderr, /^podnet max-pods: group\.yaml is not usable \(3 problems\)\n/);
    assert.match(
      stderr,
      /\n {2}2:16 +customNetwork: is not a flag of this command\.\n +-> Did you mean customNetworking\?/,
    );
    assert.match(stderr, /\n {2}3:9 +maxEni: \[1,2\] can't be used\./);
    assert.match(stderr, /\n {2}4:11 +uncapped: "maybe" is neither true nor false\./);
  });

  it("reads types with commas between them, each once", async () => {
    const { json } = await podnetJson("max-pods m5.large,m5.xlarge m5.large");
    assert.deepEqual(
      (json as { instanceType: string }[]).map(({ instanceType }) => instanceType),
      ["m5.large", "m5.xlarge"],
    );
  });

  it("says that a Region is of no use to the table", async () => {
    assert.match(
      (await podnet("max-pods m5.large --region us-west-2")).stderr,
      /^note: --region has no effect/,
    );
    assert.match(
      (await podnet("max-pods m5.large --region earth")).stderr,
      /--region: "earth" is not a Region/,
    );
  });

  it("refuses values of a file that are not what they are meant to be", async () => {
    const stderr = async (line: string, content: string) => {
      const result = await podnet(`${line} -f x`, { x: content });
      assert.equal(result.code, 2, result.stdout);
      return result.stderr;
    };
    assert.match(await stderr("max-pods", "instanceTypes: [null]"), /instanceTypes: null can't be used/);
    assert.match(
      await stderr("max-pods", "instanceTypes: [{ a: b }]"),
      /instanceTypes: \{"a":"b"\} can't be used/,
    );
    assert.match(await stderr("max-pods", "instanceTypes: &a [*a]"), /\(aliases\): its aliases/);
    assert.match(await stderr("max-pods", "- a"), /\(the whole file\): is not an object/);
    assert.match(
      await stderr("check-cidr", "cidr: [100.64.0.0/16, 100.65.0.0/16]\nvpcCidr: [10.0.0.0/16]"),
      /cidr: \["100\.64\.0\.0\/16","100\.65\.0\.0\/16"\] can't be used/,
    );
    assert.match(
      await stderr("aws-node-env", "cniVersion: 1.20\nmultiNic: true"),
      /cniVersion: 1\.2 can't be used\.\n +-> Put quotes around it/,
    );
    assert.match(
      await stderr("user-data", "family: al2023\nclusterName: c\nlabel: { a: 1.10 }"),
      /label: 1\.1 can't be used\.\n +-> Put quotes/,
    );
    assert.match(
      await stderr("aws-node-env", "additionalEniTags: { a: { b: c } }"),
      /additionalEniTags: \{"b":"c"\} can't/,
    );
  });

  it("tells problems of the command line and of the file together", async () => {
    const { stderr } = await podnet("max-pods m5.large --endpoint moon -f x", { x: "maxEni: 0\n" });
    assert.match(
      stderr,
      /^podnet max-pods: 1 problem\n {2}--endpoint: .*\n.*\npodnet max-pods: x is not usable \(1 problem\)\n {2}1:9 +maxEni: /,
    );
  });

  it("refuses types that it does not know, all of them, with the nearest names", async () => {
    const { code, stderr } = await podnet("max-pods m5.larg m5.large hpc6id.32xlarge --custom-networking");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /TYPE: "m5\.larg" is not an EC2 instance type known here\.\n +-> Did you mean m5\.large, /,
    );
    assert.match(stderr, /TYPE: hpc6id\.32xlarge has one ENI/);
  });
});

describe("podnet check-cidr", () => {
  it("exits with 0 and no problems for a block that may be added", async () => {
    assert.deepEqual(await podnetJson("check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16"), {
      code: 0,
      json: { ok: true, problems: [], warnings: [], proposals: [] },
    });
  });

  it("exits with 1, the rule, the reason, a fix and proposals for one that may not", async () => {
    const { code, json } = await podnetJson("check-cidr 198.19.0.0/16 --vpc-cidr 10.0.0.0/16");
    assert.equal(code, 1);
    const { ok, problems, proposals } = json as {
      ok: boolean;
      problems: { rule: string; fix: string }[];
      proposals: string[];
    };
    assert.deepEqual(
      [ok, problems.map(({ rule, fix }) => [rule, fix]), proposals],
      [
        false,
        [["restricted-range", "Use 100.64.0.0/16, which is free."]],
        ["100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/16"],
      ],
    );
  });

  it("takes every flag", async () => {
    const rules = async (flags: string) =>
      (
        (await podnetJson(`check-cidr 100.64.0.0/16 --vpc-cidr 10.8.0.0/16 ${flags}`)).json as {
          problems: { rule: string }[];
        }
      ).problems.map(({ rule }) => rule);
    assert.deepEqual(await rules("10.9.0.0/16 --quota 2"), ["cidr-quota"]);
    assert.deepEqual(await rules("--route 0.0.0.0/0 --route 100.64.9.0/24"), ["route"]);
    assert.deepEqual(await rules("--peer-cidr 10.9.0.0/16 100.64.0.0/20"), ["peer-overlap"]);
    assert.deepEqual(await rules("--pending-peering requester"), ["pending-peering"]);
    assert.deepEqual(await rules("--pending-peering accepter"), []);
    assert.deepEqual(await rules("--pending-peering accepter --peer-cidr 100.64.0.0/20"), [
      "pending-peering",
    ]);
    assert.deepEqual(await rules("--direct-connect-cidr 100.64.0.0/20"), ["direct-connect-overlap"]);
    assert.deepEqual(await rules("--service-cidr 172.20.0.0/16"), []);
    assert.deepEqual(await rules("--other-cluster-cidr 100.64.0.0/20"), ["other-cluster-overlap"]);
  });

  it("tells people the verdict first, then why, then what to do", async () => {
    const { stdout } = await podnet("check-cidr 100.64.0.0/10 --vpc-cidr 10.0.0.0/16");
    assert.match(
      stdout,
      /^100\.64\.0\.0\/10 can't be added to a VPC with 10\.0\.0\.0\/16\.\n\n {2}STOP {2}block-size {2}.*\n +-> Read it as a pool/,
    );
    assert.match(stdout, /\nFree: 100\.64\.0\.0\/16, 100\.65\.0\.0\/16, 100\.66\.0\.0\/16\n$/);
    const fine = await podnet("check-cidr 100.64.0.0/16 --vpc-cidr 10.0.0.0/16 --route 100.64.0.0/10");
    assert.match(fine.stdout, /^100\.64\.0\.0\/16 may be added .*\n\n {2}warn {2}route-shadowed/);
  });

  it("names its flags when it refuses them", async () => {
    const { code, stderr } = await podnet(
      "check-cidr 100.64/16 --vpc-cidr 10.0.0.0/16,10.1.0.1/16 --route x --service-cidr y --peer-cidr z",
    );
    assert.equal(code, 2);
    for (const flag of [
      "CIDR: ",
      "--vpc-cidr[1]: ",
      "--route[0]: ",
      "--service-cidr: ",
      "--peer-cidr[0]: ",
    ]) {
      assert.ok(stderr.includes(`\n  ${flag}`), `${flag} in ${stderr}`);
    }
  });
});

describe("podnet plan", () => {
  const line =
    "plan --vpc-cidr 10.8.0.0/16 --pod-cidr 100.64.0.0/16 --zones us-west-2a,us-west-2b,us-west-2c";

  it("answers with subnets and what is free", async () => {
    const { code, json } = await podnetJson(line);
    assert.equal(code, 0);
    const { subnets, free } = json as {
      subnets: { zone: string; cidr: string; usableAddresses: number }[];
      free: string[];
    };
    assert.deepEqual(
      subnets.map(({ zone, cidr, usableAddresses }) => [zone, cidr, usableAddresses]),
      [
        ["us-west-2a", "100.64.0.0/19", 8187],
        ["us-west-2b", "100.64.32.0/19", 8187],
        ["us-west-2c", "100.64.64.0/19", 8187],
      ],
    );
    assert.deepEqual(free, ["100.64.96.0/19", "100.64.128.0/17"]);
  });

  it("keeps the subnets that it printed itself, and those of describe-subnets", async () => {
    const own = (await podnet(`${line} --json`)).stdout;
    const ofAws = JSON.stringify({
      Subnets: [
        {
          AvailabilityZone: "us-west-2a",
          CidrBlock: "100.64.240.0/20",
          SubnetId: "subnet-0a",
          VpcId: "vpc-1",
        },
        { AvailabilityZone: "us-west-2a", CidrBlock: "10.8.0.0/20", SubnetId: "subnet-0n", VpcId: "vpc-1" },
      ],
    });
    const cidrs = async (existing: string) =>
      (
        (await podnetJson(`${line} --prefix-length 20 --existing x`, { x: existing })).json as {
          subnets: { cidr: string; origin: string }[];
        }
      ).subnets.map(({ cidr, origin }) => `${cidr} ${origin}`);
    assert.deepEqual(await cidrs(own), [
      "100.64.0.0/19 adopted",
      "100.64.32.0/19 adopted",
      "100.64.64.0/19 adopted",
    ]);
    assert.deepEqual(await cidrs(ofAws), [
      "100.64.240.0/20 adopted",
      "100.64.16.0/20 planned",
      "100.64.32.0/20 planned",
    ]);
  });

  it("takes every flag", async () => {
    const { json } = await podnetJson(
      "plan --vpc-cidr 10.8.0.0/16 --pod-cidr 100.64.0.0/18 --ipam-prefix-length 20 --zones a/20,b --prefix-length 19 --subnets-per-zone 2 --assign b=100.64.32.0/20 --reserve-prefixes --quota 3",
    );
    assert.deepEqual(
      (
        json as {
          subnets: {
            zone: string;
            cidr: string | null;
            origin: string;
            podBlock: number;
            reservations?: string[];
          }[];
        }
      ).subnets.map(({ zone, cidr, origin, podBlock, reservations }) => [
        zone,
        cidr,
        origin,
        podBlock,
        reservations?.[0],
      ]),
      [
        ["a", "100.64.48.0/20", "planned", 0, "100.64.49.0/24"],
        ["a", null, "planned", 1, undefined],
        ["b", "100.64.0.0/19", "planned", 0, "100.64.2.0/23"],
        ["b", "100.64.32.0/20", "assigned", 0, "100.64.33.0/24"],
      ],
    );
  });

  it("prints a table", async () => {
    assert.match(
      (await podnet(line)).stdout,
      /^ZONE +SUBNET +USABLE ADDRESSES +ORIGIN\nus-west-2a +100\.64\.0\.0\/19 +8,187 +planned\n[^]*\n\nFree: 100\.64\.96\.0\/19, 100\.64\.128\.0\/17\n$/,
    );
  });

  it("refuses what AWS would, what does not fit and what is malformed, by flag", async () => {
    const stderr = async (flags: string, files = {}) => {
      const result = await podnet(`plan --vpc-cidr 10.8.0.0/16 ${flags}`, files);
      assert.equal(result.code, 2, result.stdout);
      return result.stderr;
    };
    assert.match(
      await stderr("--pod-cidr 198.19.0.0/16 --zones a"),
      /--pod-cidr\[0\]: 198\.19\.0\.0\/16 can't be added/,
    );
    assert.match(await stderr("--pod-cidr 100.64.0.0/16"), /--zones: is missing/);
    assert.match(await stderr("--zones a"), /--pod-cidr: no block for pods/);
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/20 --zones a,b,c"),
      /--zones\[2\]: no \/19|--zones\[0\]: no \/19/,
    );
    assert.match(await stderr("--pod-cidr 100.64.0.0/16 --zones a,,b"), /--zones: it has an empty item/);
    for (const zone of ["a/x", "a/", "a/18/9"]) {
      assert.match(
        await stderr(`--pod-cidr 100.64.0.0/16 --zones ${zone}`),
        new RegExp(`--zones: "${zone}" is neither a zone nor a zone and a size`),
      );
    }
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones -"),
      /--zones\[0\]: "-" is not the name of a zone/,
    );
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones a --assign b=100.64.0.0/20"),
      /--assign: b=100\.64\.0\.0\/20 is of a zone/,
    );
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones a --assign b"),
      /--assign: "b" is not an assignment/,
    );
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones a --existing x", { x: '{"subnets": [{"zone": "a"}]}' }),
      /x is not usable[^]*1:14 +subnets\[0\]\.cidr: is missing/,
    );
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones a --existing nowhere"),
      /nowhere: there is no such file/,
    );
  });
});

describe("podnet size", () => {
  const fleet =
    "subnets: [{ prefixLength: 23 }]\ninstances:\n  - { type: m5.12xlarge, count: 2, podsPerNode: 100 }\n  - { type: c5.2xlarge, count: 1, podsPerNode: 30 }\n";

  it("answers with totals, subnets, instances, whether it fits and what binds", async () => {
    const { code, json } = await podnetJson("size fleet.yaml", { "fleet.yaml": fleet });
    assert.equal(code, 0);
    const size = json as Record<string, unknown> & {
      totals: Record<string, number>;
      instances: Record<string, unknown>[];
      subnets: Record<string, unknown>[];
    };
    assert.deepEqual(
      [size.totals.pods, size.totals.used, size.totals.remaining, size.fits, size.binding],
      [230, 360, 147, true, "maxPods"],
    );
    assert.deepEqual([size.subnets.length, size.instances.length], [1, 2]);
    const { type, count, activeIps, warmIps, activeEnis, warmEnis, addressesPerNode } =
      size.instances[0] ?? {};
    assert.deepEqual(
      [type, count, activeIps, warmIps, activeEnis, warmEnis, addressesPerNode],
      ["m5.12xlarge", 2, 100, 45, 4, 1, 150],
    );
    assert.deepEqual((size.spreadsheet as { totals: unknown }).totals, {
      pods: 230,
      used: 351,
      remaining: 159,
    });
  });

  it("reproduces the published spreadsheet where asked to", async () => {
    const { json } = await podnetJson("size - --spreadsheet-compatible", { "-": fleet });
    assert.deepEqual((json as { totals: unknown }).totals, { pods: 230, used: 351, remaining: 159 });
    const { stdout } = await podnet("size - --spreadsheet-compatible", { "-": `${fleet}warmIpTarget: 1\n` });
    assert.match(
      stdout,
      /^Number of IPs Used +276\nNumber of Pods Hosted +230\n# of Subnet IPs Remaining +234\n/,
    );
  });

  it("reads JSON, and exits with 1 when the fleet does not fit", async () => {
    const small = JSON.stringify({
      subnets: [{ prefixLength: 24 }],
      instances: [{ type: "m5.large", count: 3, podsPerNode: 60 }],
    });
    const { code, stdout } = await podnet("size x.json", { "x.json": small });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^It does NOT fit: 81 of 180 pods on 3 nodes, 90 addresses used, 161 left\.\nWhat stops it is max pods, by 33 pods per node\.\n/,
    );
    assert.match(stdout, /\n {2}pods hosted: 180 there, 81 here\. /);
  });

  it("refuses a file by line and column, with every problem", async () => {
    const bad =
      "subnets:\n  - { prefixLength: 19 }\ninstances:\n  - type: m5.large\n    count: a few\n    pods: 3\n";
    const { code, stderr } = await podnet("size f.yaml", { "f.yaml": bad });
    assert.equal(code, 2);
    assert.equal(
      stderr,
      [
        "podnet size: f.yaml is not usable (3 problems)",
        "  4:5    instances[0].podsPerNode: is missing.",
        "           -> Give workload pods per node, without DaemonSet and hostNetwork pods: a whole number from 0 to 10000.",
        '  5:12   instances[0].count: "a few" can\'t be used.',
        "           -> Give how many nodes of this kind: a whole number from 1 to 100000.",
        '  6:11   instances[0].pods: "pods" is not a key here.',
        "           -> The keys are type, count, podsPerNode, zone, maxPods.",
        "",
      ].join("\n"),
    );
    assert.match(
      (await podnet("size f", { f: "a: [1\nb: }" })).stderr,
      /f is not usable[^]*\d+:\d+ +\(syntax\): /,
    );
    assert.match((await podnet("size f", { f: "" })).stderr, /\(the whole file\)/);
    assert.match(
      (await podnet("size f", { f: fleet.replace("23", "15") })).stderr,
      /1:27 +subnets\[0\]\.prefixLength: \/15 is not a size/,
    );
  });

  it("exits with 1 by the spreadsheet's own account, too", async () => {
    const many = JSON.stringify({
      subnets: [{ prefixLength: 28 }],
      instances: [{ type: "m5.large", count: 1, podsPerNode: 20 }],
    });
    assert.equal((await podnet("size x --spreadsheet-compatible", { x: many })).code, 1);
  });

  it("documents every key of the file in its help", async () => {
    const { stdout } = await podnet("size --help");
    for (const key of [
      "subnets",
      "zone",
      "prefixLength",
      "cidr",
      "instances",
      "type",
      "count",
      "podsPerNode",
      "maxPods",
      "customNetworking",
      "prefixDelegation",
      "uncapped",
      "maxEni",
      "warmEniTarget",
      "warmIpTarget",
      "minimumIpTarget",
      "warmPrefixTarget",
      "hostNetworkPodsPerNode",
      "daemonSetPodsPerNode",
      "surge",
    ]) {
      assert.match(stdout, new RegExp(`\\n {2}${key} +\\w`), key);
    }
  });
});

describe("podnet user-data", () => {
  const described = JSON.stringify({
    cluster: {
      name: "prod-main",
      endpoint: "https://0A1B2C.gr7.us-west-2.eks.amazonaws.com",
      certificateAuthority: { data: "LS0tLQ==" },
      kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16", ipFamily: "ipv4" },
    },
  });

  it("prints the user data alone on stdout, and what to know of it on stderr", async () => {
    const { code, stdout, stderr } = await podnet("user-data --family al2023 --cluster-name c --max-pods 20");
    assert.equal(code, 0);
    assert.match(stdout, /^MIME-Version: 1\.0\n[^]*maxPods: 20\n[^]*--==PODNET==--\n$/);
    assert.match(stderr, /^note: EKS computes max pods/);
  });

  it("takes where the cluster is from describe-cluster, flags first", async () => {
    const line = "user-data --family bottlerocket --node-group self-managed --cluster c.json";
    const files = { "c.json": described };
    assert.match(
      (await podnet(line, files)).stdout,
      /cluster-name = "prod-main"\n[^]*cluster-dns-ip = "172\.20\.0\.10"/,
    );
    assert.match(
      (await podnet(`${line} --api-server-endpoint https://private.example.com`, files)).stdout,
      /api-server = "https:\/\/private\.example\.com"/,
    );
    const other = await podnet(`${line} --cluster-name other`, files);
    assert.equal(other.code, 2);
    assert.match(other.stderr, /--cluster-name: "other" is not the cluster of --cluster, "prod-main"/);
  });

  it("takes labels, taints and an expression, and gives base64", async () => {
    const line =
      "user-data --family al2023 --node-group own-ami --cluster c.json --max-pods-expression --label a=b c=d --taint e=f:NoSchedule g:NoExecute";
    const { json } = await podnetJson(line, { "c.json": described });
    const { userData, base64, notes } = json as { userData: string; base64: string; notes: string[] };
    assert.match(
      userData,
      /--node-labels=a=b,c=d\n.*--register-with-taints=e=f:NoSchedule,g=:NoExecute\n.*maxPodsExpression: \(\(default_enis/,
    );
    assert.equal(Buffer.from(base64, "base64").toString(), userData);
    assert.equal(notes.length, 1);
    assert.equal((await podnet(`${line} --base64`, { "c.json": described })).stdout, `${base64}\n`);
  });

  it("takes true for the expression that custom networking needs", async () => {
    const { stdout } = await podnet("user-data -f n.yaml", {
      "n.yaml": "family: al2023\nclusterName: c\nmaxPodsExpression: true\n",
    });
    assert.match(stdout, /maxPodsExpression: \(\(default_enis - 1\)/);
  });

  it("takes labels from a file of flags as an object", async () => {
    const { stdout } = await podnet("user-data -f n.yaml", {
      "n.yaml": "family: al2023\nclusterName: c\nlabel: { a: b }\nmaxPodsExpression: max_pods - 1\n",
    });
    assert.match(stdout, /--node-labels=a=b\n.*maxPodsExpression: max_pods - 1\n/);
  });

  it("gives AL2's arguments", async () => {
    const { json } = await podnetJson(
      "user-data --family al2 --node-group self-managed --cluster-name c --max-pods 20",
    );
    assert.equal(
      (json as { bootstrapArguments: string }).bootstrapArguments,
      "--use-max-pods false --kubelet-extra-args '--max-pods=20'",
    );
  });

  it("refuses names that could break out, and coordinates that are half there", async () => {
    const stderr = async (flags: string) => {
      const result = await podnet(`user-data ${flags}`);
      assert.equal(result.code, 2, result.stdout);
      return result.stderr;
    };
    assert.match(
      await stderr('--family al2023 --cluster-name a"$(reboot)'),
      /--cluster-name: "a\\"\$\(reboot\)" is not the name/,
    );
    assert.match(
      await stderr("--family al2023 --cluster-name c --label a=b'c"),
      /--label a: "b'c" is not the value of a label/,
    );
    assert.match(
      await stderr("--family al2023 --cluster-name c --service-cidr 172.20.0.0/16"),
      /--api-server-endpoint: is missing[^]*--certificate-authority: is missing/,
    );
    assert.match(
      await stderr("--family windows --cluster-name c"),
      /--family: "windows" is not a choice\.\n +-> Give one of al2023, bottlerocket, al2/,
    );
    assert.match(await stderr("--family al2023"), /--cluster-name: is missing/);
    assert.match(await stderr("--cluster-name c"), /--family: is missing/);
    assert.match(
      await stderr("--family al2023 --cluster-name c --label a=1 a=2"),
      /--label: "a" is given twice/,
    );
    assert.match(await stderr("--family al2023 --cluster-name c --taint x"), /--taint: "x" is not a taint/);
    assert.match(
      await stderr("--family al2023 --cluster-name c --max-pods 0"),
      /--max-pods: "0" is not a whole number/,
    );
  });
});

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

describe("podnet", () => {
  const names = [
    "",
    ...commands.flatMap((part) =>
      "load" in part ? [part.name] : [part.name, ...part.commands.map(({ name }) => `${part.name} ${name}`)],
    ),
  ];

  it("lists its commands without arguments, and with --help", async () => {
    for (const line of ["", "--help"]) {
      const { code, stdout } = await podnet(line);
      assert.equal(code, 0);
      for (const name of ["check-cidr", "plan", "max-pods", "size", "user-data", "aws-node-env"]) {
        assert.match(stdout, new RegExp(`\\n {2}${name} `));
      }
    }
  });

  it("shows a command's help by help, too", async () => {
    assert.equal((await podnet("help max-pods")).stdout, (await podnet("max-pods --help")).stdout);
    assert.equal((await podnet("help")).stdout, (await podnet("--help")).stdout);
  });

  it("says its version", async () => {
    const { code, stdout } = await podnet("--version");
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  for (const name of ["check-cidr", "plan", "max-pods", "size", "user-data", "aws-node-env"]) {
    it(`shows examples in ${name} --help`, async () => {
      const { code, stdout } = await podnet(`${name} --help`);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`\\nExamples:\\n[^]*podnet ${name} `));
    });
  }

  for (const columns of [80, 100]) {
    it(`keeps help of every command within ${columns} columns, but for the lines of examples`, async function () {
      // It loads all of them.
      this.timeout(60_000);
      const { columns: before } = process.stdout;
      process.stdout.columns = columns;
      try {
        for (const name of names) {
          const { stdout } = await podnet(`${name} --help`.trim());
          const long = stdout
            .split("\n")
            .filter((line) => line.length > columns && !/^ +(?:podnet|aws|kubectl) /.test(line));
          assert.deepEqual(long, [], name);
        }
      } finally {
        process.stdout.columns = before;
      }
    });
  }

  it("says once what holds by default", async () => {
    const { stdout } = await podnet("rotate --help");
    assert.match(stdout.replace(/\s+/g, " "), /which lose it; true by default --restart/);
  });

  const wrong: [string, RegExp][] = [
    ["max-pod m5.large", /unknown command 'max-pod'[^]*Did you mean max-pods\?/],
    ["max-pods m5.large --max-enis 3", /--max-enis: unknown option[^]*Did you mean --max-eni\?/],
    ["max-pods m5.large --max-eni", /--max-eni <number>: option '--max-eni <number>' argument missing/],
    ["max-pods", /TYPE: is missing/],
    ["check-cidr 100.64.0.0/16", /--vpc-cidr: is missing/],
    ["check-cidr 100.64.0.0/16 10.0.0.0/8 --vpc-cidr 10.0.0.0/16", /too many arguments/],
    ["size", /FILE: is missing/],
    ["size a b", /\(arguments\): too many arguments/],
    [
      "check-cidr --vpc-cidr 10.0.0.0/16 100.64.0.0/16",
      /CIDR: is missing\.\n +-> .*before --vpc-cidr, which takes all that follows/,
    ],
    ["max-pods m5.large --file nowhere.yaml", /nowhere\.yaml: there is no such file/],
    ["max-pods m5.large --max-eni 1e3", /--max-eni: "1e3" is not a whole number from 1 to 100/],
    [
      "max-pods m5.large --endpoint moon",
      /--endpoint: "moon" is not a choice\.\n +-> Give one of table, live/,
    ],
  ];
  for (const [line, message] of wrong) {
    it(`exits with 2 for: podnet ${line}`, async () => {
      const { code, stdout, stderr } = await podnet(line);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, message);
      assert.match(stderr, /\n +-> \S/);
      assert.doesNotMatch(stderr, /\n +at .*:\d+/);
    });
  }

  it("prints problems as one document with --json", async () => {
    const { code, json } = await podnetJson("max-pods m5.large --max-eni 0");
    assert.equal(code, 2);
    assert.deepEqual(json, {
      error: {
        exitCode: 2,
        problems: [
          {
            path: "--max-eni",
            reason: '"0" is not a whole number from 1 to 100.',
            fix: "Give one such as 1.",
          },
        ],
      },
    });
  });
});
