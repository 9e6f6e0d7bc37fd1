import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { readEnvironments } from "../automation/environments";
import { blocksOf, pages, readPage } from "./support/markdown";
import { temporaryFolder } from "./support/temporaryFolder";

const root = join(__dirname, "..");

const examples = pages.flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === "ts")
    .map(({ text }, index) => ({ page, text, file: `${page.replaceAll(/\W/g, "-")}-${index}.ts` })),
);

describe("the examples in TypeScript", function () {
  // Reads the types of Pulumi's providers.
  this.timeout(5 * 60_000);

  it("are compiled as they stand, in a project with the package installed", () => {
    assert.ok(examples.length >= 4);
    const folder = temporaryFolder();
    const modules = join(folder, "node_modules");
    mkdirSync(modules);
    for (const name of readdirSync(join(root, "node_modules"))) {
      if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(modules, name));
    }
    if (!existsSync(join(modules, "eks-pod-network"))) symlinkSync(root, join(modules, "eks-pod-network"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    for (const { file, text } of examples) writeFileSync(join(folder, file), text);
    const program = ts.createProgram(
      examples.map(({ file }) => join(folder, file)),
      {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.NodeNext,
        types: ["node"],
        typeRoots: [join(modules, "@types")],
      },
    );
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) =>
          `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      );
    rmSync(folder, { recursive: true });
    assert.deepEqual(problems, []);
  });
});

describe("the examples of files of environments", () => {
  const files = pages.flatMap((page) =>
    blocksOf(page)
      .filter(({ language, text }) => language === "yaml" && /^environments:$/m.test(text))
      .map(({ text }) => ({ page, text })),
  );

  for (const { page, text } of files)
    it(`are read as they stand: ${page}`, () => {
      assert.ok(readEnvironments("environments.yaml", () => text).length > 0);
    });

  it("are some", () => {
    assert.ok(files.length >= 2);
  });
});

describe("the pictures of the README", () => {
  const shown = [...readPage("README.md").matchAll(/<(?:img|source)[^>]*? src(?:set)?="([^"]+)"[^>]*>/g)];

  it("are there, light and dark, each with a text in its place, and no other is", () => {
    const named = shown.map(([, file = ""]) => file);
    const images = readdirSync(join(root, "docs", "images")).map((name) => `docs/images/${name}`);
    assert.deepEqual([...named].sort(), images.sort());
    for (const [tag, file = ""] of shown) {
      if (!tag.startsWith("<img")) continue;
      assert.ok(named.includes(file.replace("-light", "-dark")), file);
      assert.match(tag, / alt="[^"]{40,}"/, file);
    }
  });

  it("are small", () => {
    for (const [, file = ""] of shown) {
      const image = readFileSync(join(root, file));
      assert.equal(image.subarray(1, 4).toString(), "PNG", file);
      assert.ok(image.length <= 200_000, `${file} has ${image.length} bytes`);
    }
  });
});
