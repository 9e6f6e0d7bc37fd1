import assert from "node:assert/strict";
import { Help } from "commander";
import { helpLayout } from "../../cli/helpLayout";

describe("help", () => {
  const { columns } = process.stdout;
  afterEach(() => {
    process.stdout.columns = columns;
  });
  const item = (width: number, term: string, description: string) => {
    process.stdout.columns = width;
    const help = Object.assign(new Help(), helpLayout);
    return help.formatItem(term, 24, description, help).split("\n");
  };

  it("has what is said of an option beside it, and below it where there is no room", () => {
    const said = "the file of environments, which podnet init writes";
    assert.deepEqual(item(60, "--file <path>", said), [
      "  --file <path>             the file of environments, which",
      "                            podnet init writes",
    ]);
    assert.deepEqual(item(50, "--file <path>", said), [
      "  --file <path>",
      "      the file of environments, which podnet init",
      "      writes",
    ]);
    assert.deepEqual(item(50, "sandbox", ""), ["  sandbox"]);
  });
});
