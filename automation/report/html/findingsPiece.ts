import { counted } from "../../../planning/amounts";
import type { Finding } from "../../../planning/preflight/finding";
import type { ReportModel } from "../../../planning/report/reportModel";
import { el, type Piece } from "./element";
import { section } from "./parts";

/** What preflight finds of the cluster as it is now. */
export function findingsPiece({ findings, readAt }: ReportModel): Piece {
  const { open, accepted, passed, notRun } = findings;
  const words = [
    open.length === 0 ? "Preflight finds nothing" : `Preflight finds ${counted(open.length, "thing")}`,
    `${counted(passed, "check")} found nothing`,
    ...(accepted.length === 0 ? [] : [`${counted(accepted.length, "finding")} accepted earlier`]),
  ].join(", ");
  return section(
    "findings",
    "Findings",
    `${words}, at ${readAt.slice(0, 16).replace("T", " ")} UTC.`,
    ...open.map(findingPiece),
    accepted.length === 0
      ? null
      : el(
          "details",
          { class: "short" },
          el("summary", {}, `Accepted earlier: ${counted(accepted.length, "finding")}`),
          ...accepted.map(findingPiece),
        ),
    notRun.length === 0
      ? null
      : el(
          "details",
          { class: "short" },
          el("summary", {}, `Could not look: ${counted(notRun.length, "check")}`),
          el("ul", {}, ...notRun.map((one) => el("li", {}, one))),
        ),
  );
}

function findingPiece({ id, level, title, evidence, wayOut }: Finding): Piece {
  return el(
    "article",
    { class: `finding ${level}` },
    el("h3", {}, el("span", { class: "level" }, `${level.toUpperCase()} ${id}`), title),
    evidence.length === 0 ? null : el("ul", {}, ...evidence.map((line) => el("li", {}, line))),
    el("p", {}, `→ ${wayOut}`),
  );
}
