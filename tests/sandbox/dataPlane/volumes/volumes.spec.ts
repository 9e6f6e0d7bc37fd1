import assert from "node:assert/strict";
import type { V1PersistentVolumeClaim, V1StorageClass, V1VolumeAttachment } from "@kubernetes/client-node";
import { attachmentStep, detachingMs } from "../../../../sandbox/dataPlane/volumes/attaching";
import { volumeFor, wantedVolume } from "../../../../sandbox/dataPlane/volumes/provisioning";

const waits: V1StorageClass = {
  provisioner: "ebs.csi.aws.com",
  volumeBindingMode: "WaitForFirstConsumer",
  parameters: { type: "io2" },
};
const classes = new Map([
  ["waits", waits],
  ["at-once", { provisioner: "ebs.csi.aws.com", volumeBindingMode: "Immediate" }],
]);

function claim(
  annotations: Record<string, string>,
  storage = "10Gi",
  storageClassName = "waits",
): V1PersistentVolumeClaim {
  return {
    metadata: {
      name: "data",
      namespace: "shop",
      uid: "u",
      annotations: { "volume.kubernetes.io/storage-provisioner": "ebs.csi.aws.com", ...annotations },
    },
    spec: { storageClassName, resources: { requests: { storage } }, accessModes: ["ReadWriteOnce"] },
  };
}

describe("a claim of an EBS volume", () => {
  const selected = { "volume.kubernetes.io/selected-node": "node" };

  it("waits for its first pod where its class says so", () => {
    assert.equal(wantedVolume(claim({}), classes), undefined);
    assert.deepEqual(wantedVolume(claim(selected), classes), {
      name: "pvc-u",
      nodeName: "node",
      sizeGib: 10,
      type: "io2",
    });
    assert.equal(wantedVolume(claim({}, "10Gi", "at-once"), classes)?.type, "gp3");
  });

  it("is another driver's, or bound, and then nobody's here", () => {
    const foreign = claim({ ...selected, "volume.kubernetes.io/storage-provisioner": "efs.csi.aws.com" });
    assert.equal(wantedVolume(foreign, classes), undefined);
    const bound = claim(selected);
    if (bound.spec !== undefined) bound.spec.volumeName = "pv";
    assert.equal(wantedVolume(bound, classes), undefined);
  });

  it("gets whole GiB", () => {
    const sizes = ["1", "500Mi", "1025Mi", "10G", "1Ti"].map(
      (storage) => wantedVolume(claim(selected, storage), classes)?.sizeGib,
    );
    assert.deepEqual(sizes, [1, 1, 2, 10, 1024]);
  });

  it("has a volume that only nodes of its zone can have", () => {
    const given = claim(selected);
    const wanted = wantedVolume(given, classes);
    assert.ok(wanted !== undefined);
    const { spec } = volumeFor(given, waits, { volumeId: "vol-1", zone: "us-west-2b", wanted });
    assert.equal(spec?.csi?.volumeHandle, "vol-1");
    assert.deepEqual(spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions, [
      { key: "topology.kubernetes.io/zone", operator: "In", values: ["us-west-2b"] },
    ]);
    assert.equal(spec.persistentVolumeReclaimPolicy, "Delete");
  });
});

describe("a VolumeAttachment", () => {
  const attachment = (facts: Partial<V1VolumeAttachment> = {}): V1VolumeAttachment => ({
    spec: { attacher: "ebs.csi.aws.com", nodeName: "node", source: { persistentVolumeName: "pv" } },
    ...facts,
  });
  const ending = {
    deletionTimestamp: new Date(100_000),
    finalizers: ["external-attacher/ebs-csi-aws-com"],
  };

  it("is attached once", () => {
    assert.deepEqual(attachmentStep(attachment()), { kind: "attach" });
    assert.equal(attachmentStep(attachment({ status: { attached: true } })), undefined);
    const foreign = attachment();
    foreign.spec.attacher = "other";
    assert.equal(attachmentStep(foreign), undefined);
  });

  it("is detached as late as it is said, and once", () => {
    const metadata = ending;
    assert.deepEqual(attachmentStep(attachment({ metadata }), 30_000), { kind: "detach", atMs: 130_000 });
    assert.equal(attachmentStep(attachment({ metadata: { ...ending, finalizers: [] } })), undefined);
  });

  it("takes a second to detach, or what its volume says, or its claim", () => {
    const says = (value: string) => ({ metadata: { annotations: { "sandbox/detach-after": value } } });
    assert.equal(detachingMs(undefined, undefined), 1_000);
    assert.equal(detachingMs({}, says("30s")), 30_000);
    assert.equal(detachingMs(says("2.5s"), says("30s")), 2_500);
  });
});
