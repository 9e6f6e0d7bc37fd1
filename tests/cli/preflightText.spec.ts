import assert from "node:assert/strict";
import { describePreflight, type PreflightSubject } from "../../cli/preflightText";
import type { Preflight } from "../../planning/preflight/preflight";

const nothing: Preflight = { findings: [], accepted: [], passed: ["A", "B"], notRun: [], acceptedInVain: [] };

const prod: PreflightSubject = {
  name: "prod",
  cluster: "prod-main",
  region: "us-west-2",
  vpc: "vpc-0c1d (10.8.0.0/16)",
  podCidrs: ["100.64.0.0/16"],
};
const heading = "prod  eks/prod-main  us-west-2  VPC vpc-0c1d (10.8.0.0/16)  pods in 100.64.0.0/16";

describe("a preflight as people read it", () => {
  it("says the verdict first, and what was not run", () => {
    assert.equal(
      describePreflight(prod, nothing, 120),
      `${heading}  0 stop, 0 warn, 2 ok\n\nNot run: nothing.\nExit 0.`,
    );
    const alone = { ...prod, name: "prod-main", vpc: undefined };
    assert.match(
      describePreflight(alone, nothing),
      /^eks\/prod-main {2}us-west-2 {2}pods in 100\.64\.0\.0\/16 {2}0 stop/,
    );
  });

  it("names each finding with its evidence and its way out, in columns", () => {
    const found: Preflight = {
      ...nothing,
      findings: [
        {
          id: "PDB-NEVER",
          level: "stop",
          title: "shop/web allows no eviction",
          evidence: ["3 pods", "Owner: ReplicaSet shop/web."],
          wayOut: "Scale it.",
        },
        { id: "NACL", level: "warn", title: "acl-1", evidence: [], wayOut: "Add an entry." },
      ],
    };
    assert.equal(
      describePreflight(prod, found),
      [
        heading,
        "      1 stop, 1 warn, 2 ok",
        "",
        "STOP  PDB-NEVER  shop/web allows no eviction",
        "                 3 pods",
        "                 Owner: ReplicaSet shop/web.",
        "                 -> Scale it.",
        "",
        "warn  NACL       acl-1",
        "                 -> Add an entry.",
        "",
        "Not run: nothing.",
        "Exit 1.",
      ].join("\n"),
    );
  });

  it("breaks a long way out, and no command of it", () => {
    const command = `kubectl set env --namespace kube-system daemonset/aws-node ${"ANY_SETTING- ".repeat(9)}`;
    const found: Preflight = {
      ...nothing,
      findings: [
        {
          id: "CNI-HELD",
          level: "warn",
          title: "somebody set values",
          evidence: [],
          wayOut: `Tell whoever set them, once and for all; podnet up writes them into the add-on, where they stay: ${command.trim()}. Then look again.`,
        },
      ],
    };
    const [, , , , ...lines] = describePreflight(prod, found).split("\n");
    assert.deepEqual(lines.slice(0, 3), [
      "                -> Tell whoever set them, once and for all; podnet up writes them into the add-on,",
      "                   where they stay:",
      `                   ${command.trim()}.`,
    ]);
  });

  it("is as wide as the terminal, in its findings as in what was not run", () => {
    const found: Preflight = {
      ...nothing,
      findings: [
        {
          id: "ZONE-UNSERVED",
          level: "stop",
          title: "us-west-2d has 3 nodes, and neither a pod subnet nor an ENIConfig for any of them",
          evidence: ["ip-10-8-3-7.us-west-2.compute.internal, ip-10-8-3-9.us-west-2.compute.internal"],
          wayOut:
            "podnet up makes a pod subnet and an ENIConfig for us-west-2d where its zones are not narrowed.",
        },
      ],
      notRun: [
        {
          id: "SHARED-RANGE",
          why: "the blocks of peered VPCs: you are not authorized to perform ec2:DescribeVpcPeeringConnections",
        },
      ],
    };
    assert.deepEqual(describePreflight(prod, found, 80).split("\n"), [
      "prod  eks/prod-main  us-west-2  VPC vpc-0c1d (10.8.0.0/16)",
      "      pods in 100.64.0.0/16  1 stop, 0 warn, 2 ok",
      "",
      "STOP  ZONE-UNSERVED  us-west-2d has 3 nodes, and neither a pod subnet nor an",
      "                     ENIConfig for any of them",
      "                     ip-10-8-3-7.us-west-2.compute.internal,",
      "                     ip-10-8-3-9.us-west-2.compute.internal",
      "                     -> podnet up makes a pod subnet and an ENIConfig for",
      "                        us-west-2d where its zones are not narrowed.",
      "",
      "Not run:",
      "  SHARED-RANGE: not seen: the blocks of peered VPCs: you are not authorized to",
      "    perform ec2:DescribeVpcPeeringConnections",
      "Exit 1.",
    ]);
  });

  it("tells what was not seen and what was accepted, with cause or in vain", () => {
    const accepted = [{ id: "NACL", where: "stacks/environments.yaml:42" }];
    const text = describePreflight(
      { ...prod, accepted },
      {
        ...nothing,
        accepted: [{ id: "NACL", level: "warn", title: "", evidence: [], wayOut: "" }],
        notRun: [
          { id: "SG-INGRESS", why: "the security groups of the VPC: not authorized" },
          { id: "PDB-NEVER", why: "no leave" },
          { id: "SG-EGRESS", why: "the security groups of the VPC: not authorized" },
        ],
        acceptedInVain: ["BARE-POD"],
      },
    );
    assert.equal(
      text,
      [
        heading,
        "      0 stop, 0 warn, 2 ok",
        "",
        "Not run:",
        "  SG-INGRESS, SG-EGRESS: not seen: the security groups of the VPC: not authorized",
        "  PDB-NEVER: not seen: no leave",
        "Accepted earlier: NACL (stacks/environments.yaml:42).",
        "Accepted, and not found any more: BARE-POD.",
        "Exit 0.",
      ].join("\n"),
    );
  });
});
