/**
 * Writes docs/images anew, the pictures in the README: parts of the report of a demo, light and dark.
 *
 *     npm run update-screenshots [-- REPORT.html]
 *
 * Without a report it migrates the sandbox of `podnet demo` first, in two minutes. Takes a Chromium, in /usr/bin or by
 * CHROMIUM.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";

const root = join(__dirname, "..");
const images = join(root, "docs", "images");

/** In CSS pixels, as wide as a page of a repository shows pictures; and how many of the picture's each is. */
const [WIDTH, SCALE] = [900, 1.25];
/** Around what is shown, in CSS pixels. */
const MARGIN = 24;

/** Each picture, by the first and the last thing that it shows. */
const PICTURES = [
  { name: "address-space", from: "header", to: "#space" },
  { name: "rotation", from: "#rotation", to: "#rotation" },
] as const;

async function picture(page: Page, { name, from, to }: (typeof PICTURES)[number], scheme: string) {
  const [first, last] = [await page.locator(from).boundingBox(), await page.locator(to).last().boundingBox()];
  if (first === null || last === null) throw new Error(`the report has no ${from} or no ${to}`);
  const top = Math.max(0, first.y - MARGIN);
  await page.screenshot({
    path: join(images, `report-${name}-${scheme}.png`),
    clip: { x: 0, y: top, width: WIDTH, height: last.y + last.height + MARGIN - top },
    fullPage: true,
  });
}

async function pictures(browser: Browser, report: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({
      viewport: { width: WIDTH, height: 900 },
      deviceScaleFactor: SCALE,
      colorScheme,
    });
    await page.goto(pathToFileURL(report).href);
    // Links and folded tables lead nowhere in a picture.
    await page.addStyleTag({ content: "nav, details { display: none !important }" });
    for (const each of PICTURES) await picture(page, each, colorScheme);
  }
}

/** Migrates the sandbox of a demo. */
function demo(report: string): string {
  const podnet = join(root, "dist", "cli", "podnet.js");
  const args = ["demo", "--name", "screenshots", "--output", report];
  execFileSync(process.execPath, [podnet, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  return report;
}

async function main(given: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "screenshots-"));
  try {
    const report = given === undefined ? demo(join(folder, "report.html")) : resolve(given);
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    // Without a sandbox of its own, which containers do not let it have; what it opens is ours.
    const browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
    try {
      mkdirSync(images, { recursive: true });
      await pictures(browser, report);
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main(process.argv[2]);
