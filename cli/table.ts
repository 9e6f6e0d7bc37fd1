import Table from "cli-table3";
import { grouped } from "../planning/amounts";
import { visible } from "../planning/visible";

/** A column: its head, and which way its cells are aligned. */
export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** What stands in a row: a text on one line, a number, or several lines. */
export type Cell = string | number | readonly string[];

/** Rows as a table without lines, as kubectl prints them. Of names that others chose, everything can be seen. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const drawn = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align = "left" }) => align),
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  drawn.push(...rows.map((row) => row.map(cellText)));
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function cellText(cell: Cell): string {
  if (typeof cell === "number") return grouped(cell);
  return typeof cell === "string" ? visible(cell) : cell.map((line) => visible(line)).join("\n");
}
