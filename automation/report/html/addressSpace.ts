import { grouped } from "../../../planning/amounts";
import type { AddressBand, BandMoment, BandSubnet } from "../../../planning/report/addressBands";
import { takenText } from "../../../planning/report/bandsTable";
import { percent } from "../../../planning/report/spans";
import type { ReportModel } from "../../../planning/report/reportModel";
import { el, type Piece } from "./element";
import { foldedTable, inPercent, pickInside, section, short } from "./parts";

const HEIGHT = 100;
/** Subnets that are narrower have their words in the table and where they are pointed at alone. */
const NARROW = 0.07;

/** The blocks of the VPC with their subnets, before and after. */
export function addressSpace({ space }: ReportModel): Piece {
  const { bands, before, table } = space;
  const words =
    "Each box is a subnet, as wide as its part of the block, and filled as far as its addresses are taken. " +
    (before === undefined
      ? "How it was before is not known: no rotation has written it down."
      : `Before is ${before} UTC, when the rotation began.`);
  return section(
    "space",
    "Address space",
    words,
    bands.length > 1 ? overview(bands) : null,
    legend(),
    ...bands.map(bandPiece),
    foldedTable(table),
  );
}

function legend(): Piece {
  const swatch = (className: string, top: string) =>
    el(
      "svg",
      { viewBox: "0 0 26 14", "aria-hidden": "true" },
      el("rect", { class: "free", width: 26, height: 14 }),
      el("rect", { class: className, y: 6, width: 26, height: 8 }),
      el("path", { class: top, d: "M0 6H26" }),
    );
  return el(
    "ul",
    { class: "legend" },
    el("li", {}, swatch("usedold", "topold"), "taken, in a subnet of nodes"),
    el("li", {}, swatch("usednew", "topnew"), "taken, in a subnet for pods"),
  );
}

/** All blocks on one scale. */
function overview(bands: readonly AddressBand[]): Piece {
  const starts = bands.map((_, index) => bands.slice(0, index).reduce((sum, { share }) => sum + share, 0));
  return el(
    "div",
    { class: "band" },
    el("h3", {}, "All blocks of the VPC on one scale"),
    el(
      "div",
      { class: "strip thin" },
      el(
        "svg",
        { class: "fill", viewBox: "0 0 1000 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        ...bands.map(({ share, isForPods }, index) =>
          el("rect", {
            class: isForPods ? "usednew" : "usedold",
            x: short((starts[index] ?? 0) * 1000),
            width: short(share * 1000),
            height: 10,
          }),
        ),
      ),
      ...bands.map((band, index) =>
        el(
          "label",
          {
            class: "pick",
            style: `left:${inPercent(starts[index] ?? 0)};width:${inPercent(band.share)}`,
          },
          band.share < NARROW
            ? null
            : el("span", { class: "text", "aria-hidden": "true" }, `${band.cidrBlock}, ${purposeOf(band)}`),
          ...pickInside({
            group: "blocks",
            name: band.cidrBlock,
            lines: [band.cidrBlock, wordsOf(band)],
            isRight: (starts[index] ?? 0) > 0.6,
          }),
        ),
      ),
    ),
  );
}

function wordsOf(band: AddressBand): string {
  return `${purposeOf(band)}, ${grouped(band.addresses)} addresses`;
}

function purposeOf({ isForPods }: Pick<AddressBand, "isForPods">): string {
  return isForPods ? "for pods" : "for nodes";
}

function bandPiece(band: AddressBand): Piece {
  const { cidrBlock, before, after } = band;
  return el(
    "div",
    { class: "band" },
    el("h3", {}, el("span", { class: "name" }, cidrBlock), el("small", {}, wordsOf(band))),
    before === undefined ? null : momentPiece(cidrBlock, "before", before),
    momentPiece(cidrBlock, "now", after),
  );
}

function momentPiece(cidrBlock: string, when: string, { subnets, used }: BandMoment): Piece {
  const words = `${cidrBlock} ${when}: ${grouped(used)} addresses taken in ${grouped(subnets.length)} subnets`;
  return el(
    "div",
    { class: "moment" },
    el("span", {}, when),
    el(
      "div",
      { class: "strip", role: "radiogroup", "aria-label": words },
      el(
        "svg",
        {
          class: "fill",
          viewBox: `0 0 1000 ${HEIGHT}`,
          preserveAspectRatio: "none",
          role: "img",
          "aria-label": words,
        },
        el("title", {}, words),
        ...subnets.flatMap(box),
      ),
      ...subnets.map((subnet) => subnetPick(`${cidrBlock} ${when}`, subnet)),
    ),
  );
}

function box({ start, width, fullness, isForPods }: BandSubnet): Piece[] {
  const [x, w] = [short(start * 1000), short(width * 1000)];
  const y = short(HEIGHT * (1 - fullness));
  const side = isForPods ? "new" : "old";
  return [
    el("rect", { class: "free", x, width: w, height: HEIGHT, "vector-effect": "non-scaling-stroke" }),
    el("rect", { class: `used${side}`, x, y, width: w, height: short(HEIGHT * fullness) }),
    el("path", { class: `top${side}`, d: `M${x} ${y}h${w}`, "vector-effect": "non-scaling-stroke" }),
  ];
}

function subnetPick(group: string, subnet: BandSubnet): Piece {
  const { subnetId, availabilityZone, cidrBlock, start, width, used, usable } = subnet;
  const part = `${percent(used, usable)} %`;
  return el(
    "label",
    { class: "pick", style: `left:${inPercent(start)};width:${inPercent(width)}` },
    width < NARROW
      ? null
      : el(
          "span",
          { class: "text", "aria-hidden": "true" },
          el("b", {}, part),
          el("span", {}, availabilityZone),
        ),
    ...pickInside({
      group,
      name: `${subnetId} ${cidrBlock}`,
      lines: [
        `${subnetId}  ${cidrBlock}`,
        `${availabilityZone}, ${purposeOf(subnet)}`,
        `${takenText(subnet)} of ${grouped(usable)} addresses taken`,
      ],
      isRight: start > 0.6,
    }),
  );
}
