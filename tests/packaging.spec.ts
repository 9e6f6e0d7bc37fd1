import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { minVersion, satisfies } from "semver";
import ts from "typescript";
import { temporaryFolder } from "./support/temporaryFolder";

const root = join(__dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly main: string;
  readonly engines: { readonly node: string };
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
}
const manifest = JSON.parse(read("package.json")) as Manifest;

/** What users get, by folder or file; whatever else is packed is for those who work on the package. */
const FOR_USERS = [
  /^(LICENSE|NOTICE|README\.md|CHANGELOG\.md|package\.json|action\.yml)$/,
  // The README leads to it.
  /^CONTRIBUTING\.md$/,
  // What is imported, with its types, and what is only run.
  /^dist\/(planning|components|stacks\/existingCluster|automation)\/.*\.(js|d\.ts)$/,
  /^dist\/cli\/.*\.js$/,
  /^dist\/planning\/instanceTypes\.json$/,
  // The sandbox, with what it starts and builds.
  /^dist\/sandbox\/.*(\.(js|json|yaml|py|txt|mod|sum)|\/bin\/[\w-]+)$/,
  // Pulumi reads the sources of the components for programs in other languages.
  /^(PulumiPlugin\.yaml|tsconfig\.json)$/,
  /^(planning|components)\/.*\.ts$/,
  /^planning\/instanceTypes\.json$/,
  // Editors check files by these.
  /^stacks\/(environments\.schema|existingCluster\/config\.schema)\.json$/,
  /^docs\/.*\.(md|svg|png|yaml|yml)$/,
];

describe("the package that npm packs", function () {
  this.timeout(60_000);
  let files: readonly string[];
  before(() => {
    const listed = execFileSync("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [packed] = JSON.parse(listed) as [{ readonly files: readonly { readonly path: string }[] }];
    files = packed.files.map(({ path }) => path);
  });

  it("has what users need, and nothing else", () => {
    assert.deepEqual(
      files.filter((file) => !FOR_USERS.some((form) => form.test(file))),
      [],
    );
    for (const form of FOR_USERS)
      assert.ok(
        files.some((file) => form.test(file)),
        String(form),
      );
  });

  it("has everything that its manifest names", () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    const ofTypes = Object.values(manifest.typesVersions["*"]).flat();
    for (const target of [...Object.values(manifest.bin), manifest.main, ...targets, ...ofTypes]) {
      assert.ok(files.includes(target.replace(/^\.\//, "")), target);
    }
  });

  it("has every declaration that those of its entry points lead to", () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { fileName } of ts.preProcessFile(read(file)).importedFiles) {
        if (!fileName.startsWith(".")) continue;
        const path = join(dirname(file), fileName);
        const found = [`${path}.d.ts`, join(path, "index.d.ts"), path].find((one) => files.includes(one));
        assert.ok(found, `${fileName} of ${file}`);
        if (found.endsWith(".d.ts")) visit(found);
      }
    };
    for (const target of Object.values(manifest.exports)) {
      if (typeof target !== "string") visit((target.types ?? "").replace(/^\.\//, ""));
    }
    assert.ok(reached.size > 100, String(reached.size));
  });

  it("has what its own pages lead to and show", () => {
    for (const page of files.filter((file) => file.endsWith(".md"))) {
      for (const [, link = "", image = link] of read(page).matchAll(
        /\]\(([^)\s]+)\)|<(?:img|source)[^>]*? src(?:set)?="([^"]+)"/g,
      )) {
        if (/^(https?:|#)/.test(image)) continue;
        const target = join(dirname(page), image.replace(/#.*$/, ""));
        assert.ok(
          files.some((file) => file === target || file.startsWith(join(target, "/"))),
          `${image} of ${page}`,
        );
      }
    }
  });

  it("has every source that the components import, which Pulumi compiles", () => {
    const sources = files.filter((file) => /^(planning|components)\/.*\.ts$/.test(file));
    for (const file of sources) {
      for (const [, imported = ""] of read(file).matchAll(/ from "(\.[^"]+)";$/gm)) {
        const path = join(dirname(file), imported);
        const found = [`${path}.ts`, path, join(path, "index.ts")].some((one) => files.includes(one));
        assert.ok(found, `${imported} of ${file}`);
      }
    }
  });

  it("tells in its changes of the version that it is", () => {
    assert.match(
      read("CHANGELOG.md"),
      new RegExp(`^## ${manifest.version.replaceAll(".", "\\.")}( |$)`, "m"),
    );
  });
});

describe("the types of the package", () => {
  const folder = temporaryFolder();
  before(() => {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules", "eks-pod-network"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const { CommonJS, ESNext: ES } = ts.ModuleKind;
  const { Node10, Node16, NodeNext, Bundler } = ts.ModuleResolutionKind;
  const resolutions: [string, ts.CompilerOptions, ts.ResolutionMode][] = [
    ["node10", { module: CommonJS, moduleResolution: Node10 }, undefined],
    ["node16, required", { module: ts.ModuleKind.Node16, moduleResolution: Node16 }, CommonJS],
    ["node16, imported", { module: ts.ModuleKind.Node16, moduleResolution: Node16 }, ES],
    ["nodenext, required", { module: ts.ModuleKind.NodeNext, moduleResolution: NodeNext }, CommonJS],
    ["nodenext, imported", { module: ts.ModuleKind.NodeNext, moduleResolution: NodeNext }, ES],
    ["bundler", { module: ES, moduleResolution: Bundler }, undefined],
  ];
  for (const [name, options, mode] of resolutions) {
    it(`are found at every entry point by ${name}`, () => {
      const found = Object.keys(manifest.exports).map((entry) => {
        const { resolvedModule } = ts.resolveModuleName(
          join("eks-pod-network", entry),
          join(folder, "main.ts"),
          { ...options, resolveJsonModule: true },
          ts.sys,
          undefined,
          undefined,
          mode,
        );
        return [entry, resolvedModule && `./${relative(root, resolvedModule.resolvedFileName)}`];
      });
      assert.deepEqual(
        found,
        Object.entries(manifest.exports).map(([entry, target]) => [
          entry,
          typeof target === "string" ? target : target.types,
        ]),
      );
    });
  }
});

describe("the oldest Node that the package promises", () => {
  it("is enough for all that it is installed with, and for all that a clone is", () => {
    const oldest = minVersion(manifest.engines.node)?.version ?? "";
    assert.equal(oldest, "20.19.0");
    const { packages } = JSON.parse(read("package-lock.json")) as {
      packages: Readonly<Record<string, { readonly engines?: { readonly node?: string } }>>;
    };
    const newer = Object.entries(packages).flatMap(([path, { engines }]) =>
      satisfies(oldest, engines?.node ?? "*") ? [] : [`${path}: ${engines?.node ?? ""}`],
    );
    assert.deepEqual(newer, []);
  });
});

describe("the licences of what the package is installed with", () => {
  /** Those that ask for no more than their notice, which each dependency carries itself. */
  const ALLOWED = new Set(
    "MIT MIT-0 Apache-2.0 ISC 0BSD BSD-2-Clause BSD-3-Clause BlueOak-1.0.0 Unlicense CC0-1.0 Python-2.0 CC-BY-3.0".split(
      " ",
    ),
  );
  /** Whose manifest names no licence that machines read, and what its LICENSE is. */
  const READ_BY_HAND: Readonly<Record<string, string>> = { "@logdna/tail-file": "MIT" };

  it("allow everybody to use it as its own does", () => {
    const { packages } = JSON.parse(read("package-lock.json")) as {
      packages: Readonly<
        Record<string, { license?: string; dev?: boolean; devOptional?: boolean } | undefined>
      >;
    };
    const others = Object.entries(packages).flatMap(([path, { license = "none", dev, devOptional } = {}]) => {
      const name = path.split("node_modules/").at(-1) ?? "";
      if (name === "" || dev === true || devOptional === true) return [];
      const licences = (READ_BY_HAND[name] ?? license).match(/[A-Za-z0-9][\w.-]*/g) ?? [];
      return licences.every((one) => one === "AND" || one === "OR" || ALLOWED.has(one))
        ? []
        : [`${name}: ${license}`];
    });
    assert.deepEqual(others, []);
  });
});

describe("the pages of the repository", () => {
  const pages = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md"))
      .map((file) => join("docs", file)),
  ];

  it("lead to files that are there", () => {
    for (const page of pages) {
      for (const [, link = ""] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^(https?:|#)/.test(link)) continue;
        const target = join(dirname(page), link.replace(/#.*$/, ""));
        assert.ok(existsSync(join(root, target)), `${link} of ${page}`);
      }
    }
  });

  it("name only commands of npm that there are", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Readonly<Record<string, string>> };
    for (const page of pages) {
      for (const [, name = ""] of read(page).matchAll(/\bnpm run ([\w:-]+)/g)) {
        assert.ok(Object.hasOwn(scripts, name), `npm run ${name} of ${page}`);
      }
    }
  });
});
