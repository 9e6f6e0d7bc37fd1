import { h, type ComponentChildren, type VNode } from "preact";

/** What an element's attributes may be. */
type Attributes = Readonly<Record<string, string | number | { readonly __html: string }>>;

/** A piece of a page. */
export type Piece = VNode<Attributes>;

/** What may stand in one; texts are escaped when it is written, whatever they say. */
export type Children = ComponentChildren;

/** An element of HTML or of SVG. */
export function el(name: string, attributes: Attributes, ...children: Children[]): Piece {
  return h<Attributes>(name, attributes, ...children);
}
