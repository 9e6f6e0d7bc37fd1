import assert from "node:assert/strict";
import { podnet, podnetJson } from "../support/podnet";

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
