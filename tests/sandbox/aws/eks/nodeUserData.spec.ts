import assert from "node:assert/strict";
import { parse } from "yaml";
import { renderUserData, type NodeUserData } from "../../../../sandbox/aws/eks/nodeUserData";

describe("user data of a managed node group", () => {
  const data: NodeUserData = {
    clusterName: "small",
    server: "https://127.0.0.1:6443",
    certificateAuthority: "a certificate\n",
    serviceCidr: "172.20.0.0/16",
    clusterDns: "172.20.0.10",
    maxPods: 20,
    labels: { "eks.amazonaws.com/nodegroup": "general", tier: "web" },
    taints: [
      { key: "only", value: "gpu", effect: "NO_SCHEDULE" },
      { key: "soft", effect: "PREFER_NO_SCHEDULE" },
    ],
  };
  const decode = (userData: string) => Buffer.from(userData, "base64").toString();
  const lastPart = (message: string) => message.split("\n--//\n").at(-1) ?? "";

  it("is a NodeConfig in MIME", () => {
    const message = decode(renderUserData(data));
    assert.match(message, /^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="\/\/"\n\n--\/\/\n/);
    assert.match(message, /\n--\/\/--\n$/);
    const [, headers, config] = /^(.*?)\n\n---\n(.*)\n--\/\/--\n$/s.exec(lastPart(message)) ?? [];
    assert.equal(headers, "Content-Type: application/node.eks.aws");
    assert.deepEqual(parse(config ?? ""), {
      apiVersion: "node.eks.aws/v1alpha1",
      kind: "NodeConfig",
      spec: {
        cluster: {
          name: "small",
          apiServerEndpoint: "https://127.0.0.1:6443",
          certificateAuthority: Buffer.from("a certificate\n").toString("base64"),
          cidr: "172.20.0.0/16",
        },
        kubelet: {
          config: { maxPods: 20, clusterDNS: ["172.20.0.10"] },
          flags: [
            "--node-labels=eks.amazonaws.com/nodegroup=general,tier=web",
            "--register-with-taints=only=gpu:NoSchedule,soft=:PreferNoSchedule",
          ],
        },
      },
    });
  });

  it("comes behind the parts of the user's own template, so that its max pods win", () => {
    const own =
      'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="==OWN=="\r\n\r\n' +
      '--==OWN==\r\nContent-Type: text/x-shellscript; charset="us-ascii"\r\n\r\n#!/bin/sh\r\necho hello\r\n--==OWN==--\r\n';
    const message = decode(renderUserData(data, Buffer.from(own).toString("base64")));
    const parts = message.split("\n--//\n");
    assert.equal(parts.length, 3);
    assert.equal(parts[1], 'Content-Type: text/x-shellscript; charset="us-ascii"\n\n#!/bin/sh\necho hello');
    assert.match(parts[2] ?? "", /maxPods: 20/);
  });

  it("refuses user data of the user's own that is no MIME", () => {
    assert.throws(() => renderUserData(data, Buffer.from("#!/bin/sh\n").toString("base64")), {
      code: "InvalidParameterException",
      message: "User data was not in the MIME multipart format",
    });
  });
});
