import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(__dirname, "..", "..");

/** A page, by its path from the root. */
export const readPage = (page: string) => readFileSync(join(root, page), "utf8");

/** Every page that people read. */
export const pages: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  ...["docs", "docs/worlds"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
];

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page, those in lists without their indentation. */
export function blocksOf(page: string): Block[] {
  return [...readPage(page).matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)].map(
    ([, indent = "", language = "", text = ""]) => ({
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
}

/** What stands between single backquotes in a page, outside of blocks. */
export function inlineCodeOf(page: string): string[] {
  const prose = readPage(page).replace(/^( *)```\w*\n[^]*?^\1```$/gm, "");
  return [...prose.matchAll(/`([^`\n]+(?:\n[^`\n]+)?)`/g)].map(([, code = ""]) =>
    code.replace(/\s*\n\s*/g, " ").replaceAll("\\|", "|"),
  );
}

/** A link of a page to another of this project. */
export interface Link {
  /** From the root; the page itself where the link is to one of its headings. */
  readonly file: string;
  readonly heading: string | undefined;
}

/** The links of a page but those to elsewhere. */
export function linksOf(page: string): Link[] {
  return [...readPage(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target))
    .map((target) => {
      const [path = "", heading] = target.split("#");
      return { file: path === "" ? page : normalize(join(dirname(page), path)), heading };
    });
}

/** The headings of a page as links name them. */
export function headingsOf(page: string): string[] {
  const prose = readPage(page).replace(/^( *)```\w*\n[^]*?^\1```$/gm, "");
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
