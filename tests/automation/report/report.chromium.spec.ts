import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { reportHtml } from "../../../automation/report/html/reportHtml";
import { reportModel, type ReportModel } from "../../../planning/report/reportModel";
import { temporaryFolder } from "../../support/temporaryFolder";
import { oldName, sampleFacts, type Sampled } from "./sampleFacts";

/** Debian's; another by CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** A4 between margins of 12 mm, in CSS pixels. */
const PAPER = { width: 702, height: 1_031 };

const SECTIONS = ["space", "rotation", "pods", "types", "verification", "findings", "changes"];

for (const sampled of [
  { nodes: 10, blocked: 1, paused: true },
  { nodes: 1_000, blocked: 3 },
] satisfies Sampled[]) {
  describe(`the report of ${sampled.nodes} nodes in Chromium`, function () {
    this.timeout(120_000);
    let model: ReportModel;
    let browser: Browser | undefined;
    let page: Page;
    const requests: string[] = [];

    before(async function () {
      if (!existsSync(executablePath) && process.env.CI === undefined) {
        console.log(`      there is no ${executablePath}; apt-get install chromium, or name it in CHROMIUM`);
        this.skip();
      }
      model = reportModel(sampleFacts(sampled));
      const file = join(temporaryFolder(), "report.html");
      writeFileSync(file, reportHtml(model));
      // Without a sandbox of its own, which containers do not let it have; what it opens is ours.
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
      const context = await browser.newContext({
        viewport: { width: 1_200, height: 900 },
        javaScriptEnabled: true,
      });
      context.on("request", (request) => requests.push(request.url()));
      page = await context.newPage();
      await page.goto(pathToFileURL(file).href);
      requests.splice(0, 1);
    });
    after(() => browser?.close());

    it("shows its sentence and every part", async () => {
      assert.equal(await page.locator("h1").textContent(), model.sentence);
      for (const id of SECTIONS) assert.ok(await page.locator(`#${id}`).isVisible(), id);
    });

    it("has a lane for each node, and tells of each that is blocked", async () => {
      const lanes = model.rotation?.groups.flatMap(({ old, workers }) => [...old, ...workers]) ?? [];
      assert.equal(lanes.length, 2 * sampled.nodes - sampled.blocked);
      assert.equal(await page.locator(".lane").count(), lanes.length);
      assert.equal(await page.locator(".blocked li").count(), sampled.blocked);
      assert.ok(await page.locator(".blocked li").first().isVisible());
    });

    it("tells the pods of a node to who has a keyboard alone", async () => {
      // One stop of Tab for all lanes of a zone, and arrow keys from one to the next.
      await page.locator("#rotation .lane input").first().focus();
      await page.keyboard.press("ArrowDown");
      const tip = page.locator(".lane:focus-within .tip");
      assert.ok(await tip.isVisible());
      assert.match((await tip.textContent()) ?? "", /pods: 14: shop\/web-/);
      await page.keyboard.press("Tab");
      assert.equal(
        await page
          .locator(".lane:focus-within .tip")
          .textContent()
          .then((text) => text?.includes("new worker")),
        true,
      );
    });

    it("tells the pods of a node to who points at it", async () => {
      const lane = page.locator(".lane", { hasText: oldName(0) });
      await lane.hover();
      assert.ok(await lane.locator(".tip").isVisible());
    });

    it("is dark where its reader wants it so", async () => {
      const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
      const light = await paper();
      await page.emulateMedia({ colorScheme: "dark" });
      const dark = await paper();
      await page.emulateMedia({ colorScheme: "light" });
      assert.deepEqual([light, dark], ["rgb(252, 251, 248)", "rgb(20, 24, 29)"]);
    });

    it("fits a telephone and a sheet of paper", async () => {
      const tooWide = () => page.evaluate("document.documentElement.scrollWidth - innerWidth");
      const clipped = (but: string) =>
        page.evaluate(`[...document.querySelectorAll("main *")].filter((one) => {
          const { right, width } = one.getBoundingClientRect();
          return width > 1 && right > innerWidth + 1 && !one.closest("${but}");
        }).map((one) => one.outerHTML)`);
      /** Words of an axis that run into those before them. */
      const overlapping = () =>
        page.evaluate(`[...document.querySelectorAll(".axis")].flatMap((axis) => {
          const boxes = [...axis.children].map((one) => one.getBoundingClientRect()).filter(({ width }) => width > 0);
          return boxes.filter(({ left }, index) => index > 0 && left < boxes[index - 1].right);
        }).length`);
      await page.setViewportSize({ width: 380, height: 800 });
      assert.deepEqual([await tooWide(), await clipped(".tip, .scroll"), await overlapping()], [0, [], 0]);
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize(PAPER);
      assert.deepEqual([await tooWide(), await clipped(".tip"), await overlapping()], [0, [], 0]);
      const tallest = await page.evaluate(
        `Math.max(...[...document.querySelectorAll(".lanes")].map((one) => one.getBoundingClientRect().height))`,
      );
      assert.ok(
        (tallest as number) < PAPER.height,
        `lanes of ${String(tallest)} px would be cut by the end of a page`,
      );
      await page.emulateMedia({ media: "screen" });
    });

    it("lets no request leave", () => {
      assert.deepEqual(requests, []);
    });
  });
}
