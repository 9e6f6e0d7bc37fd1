import { recogniseBlocks } from "../../sandbox/recogniseBlocks";
import { command, type Answer } from "../command";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { table } from "../table";

/** `podnet sandbox recognise` */
export const sandboxRecognise = command({
  positional: {
    name: "CIDR",
    key: "cidr",
    help: "the block to recognise; all by default",
    many: false,
    optional: true,
  },
  flags: { name: nameFlag },
  help: `Examples:
  podnet sandbox up --recognise-after 18000
  podnet sandbox recognise 100.64.0.0/16
  podnet sandbox recognise --name other

On EKS it takes up to five hours until the control plane reaches addresses of a block that was associated with its VPC
later. A sandbox that was started with --recognise-after plays that; this ends the wait for a block, or for all.`,

  async run([cidrBlock], { name = "default" }): Promise<Answer> {
    const { blocks } = await ofSandbox("Recognising blocks", () => recogniseBlocks({ name }, cidrBlock));
    const text =
      blocks.length === 0
        ? "Every block is recognised at once: the sandbox was started without --recognise-after."
        : table(
            [{ head: "BLOCK" }, { head: "RECOGNISED" }],
            blocks.map((one) => [one.cidrBlock, one.isRecognised ? "yes" : "not yet"]),
          );
    return { json: { blocks }, text };
  },
});
