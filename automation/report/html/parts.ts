import { el, type Children, type Piece } from "./element";
import { grouped } from "../../../planning/amounts";
import type { ReportTable } from "../../../planning/report/table";

/** Tables of up to so many lines are on paper, opened or not. */
const SHORT_TABLE = 60;

/** A section of a report, with the words below its heading. */
export function section(id: string, title: string, words: string, ...children: Children[]): Piece {
  return el(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, title),
    words === "" ? null : el("p", { class: "soft" }, words),
    ...children,
  );
}

/** A table that is folded away until somebody wants it. */
export function foldedTable(table: ReportTable): Piece {
  const { rows } = table;
  const summary = `${table.caption}: table of ${grouped(rows.length)} ${rows.length === 1 ? "line" : "lines"}`;
  return el(
    "details",
    { class: rows.length <= SHORT_TABLE ? "short" : "long" },
    el("summary", {}, summary),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": table.caption },
      plainTable(table),
    ),
  );
}

/** A table. */
export function plainTable({ caption, columns, rows }: ReportTable): Piece {
  return el(
    "table",
    {},
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, name)))),
    el(
      "tbody",
      {},
      ...rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, ...broken(cell))))),
    ),
  );
}

/** Words that are longer are broken where one would, in a narrow column. */
const LONG_WORD = 20;

/** A text with places to break its long words at: behind dots, slashes and underscores. */
function broken(text: string): Children[] {
  if (!text.split(" ").some(({ length }) => length > LONG_WORD)) return [text];
  return text
    .split(/(?<=[./_])(?=\S)/)
    .flatMap((part, index) => (index === 0 ? [part] : [el("wbr", {}), part]));
}

/** Something in a picture that can be hovered over, tapped and reached by arrow keys: what it is, shows then. */
export interface Pick {
  /** Of the group that arrow keys go around in. */
  readonly group: string;
  /** What is read out, and names it. */
  readonly name: string;
  /** What is shown then, a line each; the first one in bold. */
  readonly lines: readonly string[];
  /** Whether its words are laid out to the left, as near the right edge. */
  readonly isRight?: boolean;
}

/**
 * The inside of such a thing. A radio button without a look of its own: the keyboard goes around in a group by arrow keys,
 * and past it by one Tab, without any script.
 */
export function pickInside({ group, name, lines, isRight = false }: Pick): Children[] {
  const [first = "", ...rest] = lines;
  return [
    el("input", { type: "radio", name: group, "aria-label": [name, ...rest].join(". ") }),
    el(
      "span",
      { class: isRight ? "tip right" : "tip", "aria-hidden": "true" },
      el("strong", {}, first),
      ...rest.map((line) => el("span", {}, line)),
    ),
  ];
}

/** A fraction as CSS takes it, in percent. */
export function inPercent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(3))}%`;
}

/** A number as short as it can be in SVG. */
export function short(value: number): string {
  return String(Number(value.toFixed(2)));
}
