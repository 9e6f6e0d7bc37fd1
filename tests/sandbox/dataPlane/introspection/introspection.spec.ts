import assert from "node:assert/strict";
import type { CniVersion } from "../../../../sandbox/dataPlane/ipamd/cniVersion";
import { introspect } from "../../../../sandbox/dataPlane/introspection/introspection";
import type { IpamdReport } from "../../../../sandbox/dataPlane/introspection/ipamdReport";
import { metricsText } from "../../../../sandbox/dataPlane/introspection/metrics";

const ASSIGNED = Date.parse("2026-11-01T10:00:00Z");
const UNASSIGNED = Date.parse("2026-11-01T11:00:00Z");
const NEVER = "0001-01-01T00:00:00Z";

/** A node whose primary ENI has an address that was given back, and whose second ENI has a prefix of which one is given. */
function reportOf(version: CniVersion, env: Record<string, string> = {}): IpamdReport {
  return {
    version,
    env,
    eniConfigName: "us-west-2a",
    maxInterfaces: 3,
    blocksPerInterface: 9,
    podOf: (uid) => (uid === "uid-1" ? { namespace: "shop", name: "web-1" } : undefined),
    interfaces: [
      {
        interfaceId: "eni-0",
        deviceIndex: 0,
        subnetId: "subnet-nodes",
        isTrunk: false,
        isExcluded: false,
        blocks: [
          {
            block: "10.8.0.5",
            addresses: [
              { address: "10.8.0.5", holder: undefined, assignedAt: ASSIGNED, unassignedAt: UNASSIGNED },
            ],
          },
        ],
      },
      {
        interfaceId: "eni-1",
        deviceIndex: 1,
        subnetId: "subnet-pods",
        isTrunk: false,
        isExcluded: false,
        blocks: [
          {
            block: "100.64.0.16/28",
            addresses: [
              { address: "100.64.0.17", holder: "uid-1", assignedAt: ASSIGNED, unassignedAt: undefined },
            ],
          },
        ],
      },
    ],
  };
}

/** Looks into a document: `at(document, "ENIs", "eni-1")`. */
function at(document: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((value, key) => (value as Record<string, unknown>)[key], document);
}

const GIVEN = [
  "ENIs",
  "eni-1",
  "AvailableIPv4Cidrs",
  "100.64.0.16/28",
  "IPAddresses",
  "100.64.0.17",
] as const;

describe("ipamd's introspection", () => {
  it("answers today's /v1/enis by network card, without what a forged release would need", () => {
    const enis = introspect("/v1/enis", reportOf([1, 23, 1]));
    assert.deepEqual(at(enis, "0", "TotalIPs"), 17);
    assert.deepEqual(at(enis, "0", "AssignedIPs"), 1);
    assert.deepEqual(at(enis, "0", "ENIs", "eni-1"), {
      ID: "eni-1",
      IsPrimary: false,
      IsTrunk: false,
      IsEFA: false,
      DeviceNumber: 1,
      AvailableIPv4Cidrs: {
        "100.64.0.16/28": {
          Cidr: { IP: "100.64.0.16", Mask: "////8A==" },
          IPAddresses: {
            "100.64.0.17": {
              Address: "100.64.0.17",
              IPAMKey: { networkName: "aws-cni", containerID: "", ifName: "" },
              IPAMMetadata: { k8sPodNamespace: "shop", k8sPodName: "web-1", interfacesCount: 1 },
              AssignedTime: "2026-11-01T10:00:00.000Z",
              UnassignedTime: NEVER,
            },
          },
          IsPrefix: true,
          AddressFamily: "",
        },
      },
      IPv6Cidrs: {},
      IsExcludedForPodIPs: false,
      RouteTableID: 2,
      SubnetID: "subnet-pods",
    });
  });

  it("keeps an address that was given back, without a pod", () => {
    const enis = introspect("/v1/enis", reportOf([1, 23, 1]));
    assert.deepEqual(at(enis, "0", "ENIs", "eni-0", "AvailableIPv4Cidrs", "10.8.0.5/32"), {
      Cidr: { IP: "10.8.0.5", Mask: "/////w==" },
      IPAddresses: {
        "10.8.0.5": {
          Address: "10.8.0.5",
          IPAMKey: { networkName: "", containerID: "", ifName: "" },
          IPAMMetadata: {},
          AssignedTime: "2026-11-01T10:00:00.000Z",
          UnassignedTime: "2026-11-01T11:00:00.000Z",
        },
      },
      IsPrefix: false,
      AddressFamily: "",
    });
  });

  it("told containers until 1.22, and subnets since", () => {
    const enis = introspect("/v1/enis", reportOf([1, 22, 0]));
    assert.match(String(at(enis, "0", ...GIVEN, "IPAMKey", "containerID")), /^[0-9a-f]{64}$/);
    assert.equal(at(enis, "0", ...GIVEN, "IPAMKey", "ifName"), "eth0");
    assert.equal(at(enis, "0", "ENIs", "eni-1", "SubnetID"), "subnet-pods");
    const before = at(introspect("/v1/enis", reportOf([1, 21, 1])), "0", "ENIs", "eni-1");
    assert.equal("SubnetID" in (before as object), false);
  });

  it("has network cards since 1.20", () => {
    assert.equal(at(introspect("/v1/enis", reportOf([1, 20, 0])), "0", "TotalIPs"), 17);
    assert.equal(at(introspect("/v1/enis", reportOf([1, 19, 6])), "TotalIPs"), 17);
  });

  it("names pods since 1.11", () => {
    const named = introspect("/v1/enis", reportOf([1, 11, 0]));
    assert.deepEqual(at(named, ...GIVEN, "IPAMMetadata"), { k8sPodNamespace: "shop", k8sPodName: "web-1" });
    const unnamed = introspect("/v1/enis", reportOf([1, 10, 4]));
    assert.equal("IPAMMetadata" in (at(unnamed, ...GIVEN) as object), false);
  });

  it("was another document in 1.6, when there were pods as well", () => {
    const report = reportOf([1, 6, 4]);
    assert.deepEqual(at(introspect("/v1/enis", report), "ENIIPPools", "eni-0"), {
      IsPrimary: true,
      ID: "eni-0",
      DeviceNumber: 0,
      AssignedIPv4Addresses: 0,
      IPv4Addresses: {
        "10.8.0.5": { Address: "10.8.0.5", Assigned: false, UnassignedTime: "2026-11-01T11:00:00.000Z" },
      },
    });
    const [[key, pod] = []] = Object.entries(introspect("/v1/pods", report) as object);
    assert.match(String(key), /^web-1_shop_[0-9a-f]{64}$/);
    assert.deepEqual(pod, { IP: "100.64.0.17", DeviceNumber: 1 });
  });

  it("lists its paths on every path that it does not know, also on /v1/pods today", () => {
    const paths = {
      AvailableCommands: [
        "/v1/enis",
        "/v1/eni-configs",
        "/v1/networkutils-env-settings",
        "/v1/ipamd-env-settings",
      ],
    };
    assert.deepEqual(introspect("/", reportOf([1, 23, 1])), paths);
    assert.deepEqual(introspect("/v1/pods", reportOf([1, 23, 1])), paths);
  });

  it("answers the ENIConfig's name", () => {
    assert.equal(introspect("/v1/eni-configs", reportOf([1, 23, 1])), "us-west-2a");
  });

  it("answers its settings as it understands them", () => {
    const report = reportOf([1, 23, 1], {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
      AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "172.31.0.0/16,nonsense",
      AWS_VPC_K8S_CNI_RANDOMIZESNAT: "hashrandom",
      AWS_VPC_K8S_CNI_EXTERNALSNAT: "yes",
      WARM_IP_TARGET: "2",
    });
    assert.deepEqual(introspect("/v1/networkutils-env-settings", report), {
      AWS_VPC_K8S_CNI_CONNMARK: 128,
      AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: ["172.31.0.0/16"],
      AWS_VPC_K8S_CNI_EXTERNALSNAT: false,
      AWS_VPC_K8S_CNI_RANDOMIZESNAT: 1,
      AWS_VPC_K8S_CNI_VETHPREFIX: "eni",
      AWS_VPC_CNI_NODE_PORT_SUPPORT: true,
      AWS_VPC_ENI_MTU: 9001,
      AWS_EXTERNAL_SERVICE_CIDRS: null,
    });
    assert.deepEqual(introspect("/v1/ipamd-env-settings", report), {
      WARM_IP_TARGET: 2,
      WARM_ENI_TARGET: 1,
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: true,
      AWS_MANAGE_ENIS_NON_SCHEDULABLE: false,
      ENABLE_SUBNET_DISCOVERY: true,
    });
  });

  it("has metrics of what it holds", () => {
    const lines = metricsText(reportOf([1, 23, 1])).split("\n");
    for (const line of [
      "awscni_eni_max 3",
      // The primary ENI counts.
      "awscni_ip_max 27",
      "awscni_eni_allocated 2",
      "awscni_total_ip_addresses 17",
      "awscni_assigned_ip_addresses 1",
      "awscni_total_ipv4_prefixes 1",
      'awscni_assigned_ip_per_cidr{cidr="100.64.0.16/28"} 1',
      'awscni_assigned_ip_per_eni{eni="eni-0"} 0',
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });
});
