import assert from "node:assert/strict";
import type { ClusterPod } from "../../../planning/rotation/observation";
import { ipamdDifferences, readIpamdEnis, type IpamdEni } from "../../../planning/verification/ipamd";
import { cleanPrimary, daemonPod, newNode, podEni, webPod } from "../rotation/builders";

/** As a node of release 1.23 answers, with its container ids blanked. */
const NOTHING_GIVEN = { networkName: "", containerID: "", ifName: "" };
const card = {
  TotalIPs: 17,
  AssignedIPs: 1,
  ENIs: {
    "eni-0": {
      ID: "eni-0",
      IsPrimary: true,
      DeviceNumber: 0,
      AvailableIPv4Cidrs: {},
      SubnetID: "subnet-nodes-a",
    },
    "eni-1": {
      ID: "eni-1",
      IsPrimary: false,
      DeviceNumber: 1,
      SubnetID: "subnet-pods-a",
      AvailableIPv4Cidrs: {
        "100.64.0.9/32": {
          Cidr: { IP: "100.64.0.9", Mask: "/////w==" },
          IPAddresses: {
            "100.64.0.9": {
              Address: "100.64.0.9",
              IPAMKey: { networkName: "aws-cni", containerID: "", ifName: "" },
              IPAMMetadata: { k8sPodNamespace: "shop", k8sPodName: "web-1", interfacesCount: 1 },
            },
          },
          IsPrefix: false,
        },
        "100.64.0.16/28": {
          IPAddresses: {
            "100.64.0.17": { Address: "100.64.0.17", IPAMKey: NOTHING_GIVEN, IPAMMetadata: {} },
          },
          IsPrefix: true,
        },
      },
    },
  },
};
const read: IpamdEni[] = [
  { eniId: "eni-0", subnetId: "subnet-nodes-a", addresses: [], prefixes: [], given: [] },
  {
    eniId: "eni-1",
    subnetId: "subnet-pods-a",
    addresses: ["100.64.0.9"],
    prefixes: ["100.64.0.16/28"],
    given: [{ address: "100.64.0.9", pod: "shop/web-1" }],
  },
];

describe("what ipamd answers", () => {
  it("is read by network card, as since 1.20, and without, as before", () => {
    assert.deepEqual(readIpamdEnis({ "0": card }), read);
    assert.deepEqual(readIpamdEnis(card), read);
    const second = { ...card, ENIs: { "eni-5": { ID: "eni-5", AvailableIPv4Cidrs: null } } };
    assert.deepEqual(
      readIpamdEnis({ "0": card, "1": second })?.map(({ eniId }) => eniId),
      ["eni-0", "eni-1", "eni-5"],
    );
  });

  it("is none in another form, such as that of 1.6", () => {
    assert.equal(readIpamdEnis({ TotalIPs: 1, ENIIPPools: {} }), undefined);
    assert.equal(readIpamdEnis("no"), undefined);
  });
});

describe("ipamd against EC2 and the API server", () => {
  const pod = { ...webPod, nodeName: "new-1", address: "100.64.0.9" };
  const node = { ...newNode, enis: [cleanPrimary, { ...podEni, prefixes: ["100.64.0.16/28"] }] };
  const [primary, secondary] = read as [IpamdEni, IpamdEni];
  const differences = (change: Partial<IpamdEni>, pods: readonly ClusterPod[] = [pod]) =>
    ipamdDifferences(node, pods, [primary, { ...secondary, ...change }]);

  it("agrees where it has their ENIs, addresses, blocks and pods", () => {
    assert.deepEqual(differences({}, [pod, daemonPod("aws-node", "new-1")]), []);
    assert.deepEqual(differences({ subnetId: undefined }), [], "of a release that does not say its subnet");
  });

  const rows: [string, Partial<IpamdEni>, string[]][] = [
    [
      "another ENI",
      { eniId: "eni-9" },
      [
        "EC2 shows ENI eni-1, which ipamd does not have",
        "ipamd has ENI eni-9, which EC2 does not show there",
      ],
    ],
    [
      "another subnet",
      { subnetId: "subnet-b" },
      ["ENI eni-1 is in subnet-b by ipamd, in subnet-pods-a by EC2"],
    ],
    [
      "an address more and a block less",
      { addresses: ["100.64.0.9", "100.64.0.10"], prefixes: [] },
      [
        "ipamd has 100.64.0.10 on ENI eni-1, EC2 does not",
        "EC2 has 100.64.0.16/28 on ENI eni-1, ipamd does not",
      ],
    ],
    [
      "a pod without its address",
      { given: [] },
      ["pod shop/web-1 has 100.64.0.9, which ipamd has given to nobody"],
    ],
    [
      "a pod that is not there",
      { given: [...secondary.given, { address: "100.64.0.17", pod: "shop/gone" }] },
      ["ipamd keeps 100.64.0.17 for pod shop/gone, which is not there"],
    ],
  ];
  for (const [title, change, expected] of rows) {
    it(`differs by ${title}`, () => {
      assert.deepEqual(differences(change), expected);
    });
  }

  it("says nothing of pods that are ending, have ended, or have no address yet", () => {
    for (const change of [{ isTerminating: true }, { phase: "Succeeded" }, { address: undefined }])
      assert.deepEqual(differences({ given: [] }, [{ ...pod, ...change }]), []);
  });

  it("does not miss addresses of branch ENIs, and an ENI that it does not manage", () => {
    const trunk = { ...podEni, eniId: "eni-2", interfaceType: "trunk", secondaryAddresses: [] };
    const efa = { ...podEni, eniId: "eni-3", interfaceType: "efa" };
    const branch = { ...pod, name: "branch", address: "100.64.0.200" };
    const withTrunk = { ...node, enis: [...node.enis, trunk, efa] };
    assert.deepEqual(ipamdDifferences(withTrunk, [pod, branch], [primary, secondary]), []);
    assert.deepEqual(
      ipamdDifferences({ ...node, enis: [...node.enis, efa] }, [pod], [primary, secondary]),
      [],
    );
  });
});
