import { render } from "preact-render-to-string";
import type { Tone } from "../../../planning/report/outcome";
import type { ReportModel } from "../../../planning/report/reportModel";
import { el, type Piece } from "./element";
import { addressSpace } from "./addressSpace";
import { findingsPiece } from "./findingsPiece";
import { lanesPicture } from "./lanesPicture";
import { maxPodsPicture } from "./maxPodsPicture";
import { plainTable, section } from "./parts";
import { podsPicture } from "./podsPicture";
import { STYLES } from "./styles";

const SECTIONS: readonly (readonly [string, string])[] = [
  ["space", "Address space"],
  ["rotation", "Rotation"],
  ["pods", "Pods over time"],
  ["types", "Pods per node"],
  ["verification", "Verification"],
  ["findings", "Findings"],
  ["changes", "What was changed"],
];

/**
 * A report as one HTML file: no script, no request, light and dark by the reader's own settings, fit for paper, and all of
 * it within reach of a keyboard. Every text of others is text in it, whatever it says.
 */
export function reportHtml(model: ReportModel): string {
  const page = el(
    "html",
    { lang: "en" },
    el(
      "head",
      {},
      el("meta", { charset: "utf-8" }),
      el("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      el("meta", { name: "referrer", content: "no-referrer" }),
      el("meta", {
        "http-equiv": "Content-Security-Policy",
        content: "default-src 'none'; style-src 'unsafe-inline'",
      }),
      el("title", {}, `${model.environment}: pod network`),
      el("style", { dangerouslySetInnerHTML: { __html: STYLES } }),
    ),
    el(
      "body",
      {},
      head(model),
      el(
        "main",
        {},
        addressSpace(model),
        lanesPicture(model),
        podsPicture(model),
        maxPodsPicture(model),
        verificationPiece(model),
        findingsPiece(model),
        changesPiece(model),
      ),
      foot(model),
    ),
  );
  return `<!doctype html>\n${render(page)}\n`;
}

const TONES: Readonly<Record<Tone, readonly [string, string]>> = {
  done: ["✓", "done"],
  going: ["◐", "on its way"],
  look: ["!", "needs a look"],
  notBegun: ["○", "not begun"],
};

function head(model: ReportModel): Piece {
  const { environment, clusterName, region, vpcId, readAt, sentence, tone, figures } = model;
  const [sign, word] = TONES[tone];
  return el(
    "header",
    {},
    el("a", { class: "skip", href: "#space" }, "Skip to the report"),
    el("p", { class: `tone ${tone}` }, el("span", { "aria-hidden": "true" }, sign), word),
    el("h1", {}, sentence),
    el(
      "ul",
      { class: "where" },
      ...[`environment ${environment}`, `EKS ${clusterName}`, region, vpcId].map((text) =>
        el("li", {}, text),
      ),
      el(
        "li",
        {},
        "as of ",
        el("time", { datetime: readAt }, `${readAt.slice(0, 16).replace("T", " ")} UTC`),
      ),
    ),
    el(
      "dl",
      { class: "figures" },
      ...figures.map(({ label, value, note }) =>
        el(
          "div",
          {},
          el("dt", {}, label),
          el("dd", {}, el("span", { class: "value" }, value), " ", el("span", { class: "note" }, note)),
        ),
      ),
    ),
    el(
      "nav",
      { "aria-label": "Parts of the report" },
      el("ul", {}, ...SECTIONS.map(([id, title]) => el("li", {}, el("a", { href: `#${id}` }, title)))),
    ),
  );
}

function verificationPiece({ verification }: ReportModel): Piece {
  if (verification === undefined) {
    return section("verification", "Verification", "Nothing could be verified yet.");
  }
  return section(
    "verification",
    "Verification",
    "",
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Verification" },
      plainTable(verification),
    ),
  );
}

function changesPiece({ changes }: ReportModel): Piece {
  if (changes.length === 0) {
    return section("changes", "What was changed", "Nothing: the environment was never brought up.");
  }
  return section(
    "changes",
    "What was changed",
    "Made by podnet up, and taken away again by podnet rollback.",
    el(
      "div",
      { class: "changes" },
      ...changes.map(({ title, table }) =>
        el(
          "div",
          {},
          el("h3", {}, title),
          el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, plainTable(table)),
        ),
      ),
    ),
  );
}

function foot({ notSeen }: ReportModel): Piece {
  return el(
    "footer",
    {},
    notSeen.length === 0
      ? null
      : el("div", {}, el("p", {}, "Not seen:"), el("ul", {}, ...notSeen.map((why) => el("li", {}, why)))),
    el("p", {}, "Made by podnet report. Times are UTC. This file asks nothing of any network."),
  );
}
