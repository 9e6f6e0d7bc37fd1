import assert from "node:assert/strict";
import { volumeAttachmentsIn } from "../../../automation/rotation/volumeAttachments";
import type { Tools } from "../../../automation/rotation/outside";

describe("volume attachments", () => {
  /** An API server whose lists end when they are told to. */
  function world() {
    const answers: ((volumes: readonly string[]) => void)[] = [];
    const failures: (() => void)[] = [];
    const time = { nowMs: 0 };
    const kubernetes = {
      list: (_: string, slim: (object: object) => object) =>
        new Promise((resolve, reject) => {
          answers.push((volumes) => {
            resolve(
              volumes.map((name) =>
                slim({
                  metadata: { name: `csi-${name}` },
                  spec: {
                    nodeName: name.startsWith("a") ? "old-1" : "old-2",
                    ...(name !== "a2" && { source: { persistentVolumeName: name } }),
                  },
                }),
              ),
            );
          });
          failures.push(() => {
            reject(new Error("the API server is out"));
          });
        }),
    };
    const tools = { kubernetes, clock: { now: () => time.nowMs } } as object as Tools;
    return { attachments: volumeAttachmentsIn(tools), answers, failures, time };
  }

  it("are listed once for all nodes that ask, and again only after 3 seconds", async () => {
    const { attachments, answers, time } = world();
    const asked = Promise.all([attachments.of("old-1"), attachments.of("old-2"), attachments.of("old-3")]);
    // However long it takes.
    time.nowMs = 10_000;
    const late = attachments.of("old-1");
    answers[0]?.(["a1", "a2", "b"]);
    assert.deepEqual(await asked, [["a1", "csi-a2"], ["b"], []]);
    assert.deepEqual(await late, ["a1", "csi-a2"]);
    time.nowMs = 12_999;
    assert.deepEqual(await attachments.of("old-2"), ["b"]);
    assert.equal(answers.length, 1);
    time.nowMs = 13_000;
    const again = attachments.of("old-2");
    answers[1]?.([]);
    assert.deepEqual(await again, []);
  });

  it("are listed again after a failure, which whoever waits for it is told", async () => {
    const { attachments, answers, failures } = world();
    const failing = [attachments.of("old-1"), attachments.of("old-2")];
    failures[0]?.();
    for (const one of failing) await assert.rejects(one, /is out/);
    const again = attachments.of("old-1");
    answers[1]?.(["a1"]);
    assert.deepEqual(await again, ["a1"]);
  });
});
