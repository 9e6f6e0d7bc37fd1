/** An element of the XML that AWS's query protocols speak: either text or further elements. */
export interface XmlElement {
  readonly name: string;
  /** As written in the tag, with a blank before it; AWS has none but the namespace. */
  readonly attributes: string;
  text: string;
  children: XmlElement[];
}

/**
 * Reads a document that a service wrote; not for XML of people, with comments, CDATA or mixed content.
 *
 * @throws Error where it does not close what it opens.
 */
export function parseXml(document: string): XmlElement {
  const root: XmlElement = { name: "", attributes: "", text: "", children: [] };
  const open = [root];
  const tag = /<(\/?)([A-Za-z][\w:.-]*)((?:\s[^>]*?)?)(\/?)>/g;
  let end = 0;
  for (let match = tag.exec(document); match !== null; match = tag.exec(document)) {
    const [whole, closes, name = "", attributes = "", empty] = match;
    const inner = open.at(-1) ?? root;
    if (closes === "/") {
      if (inner.name !== name) throw new Error(`</${name}> closes <${inner.name}>`);
      if (inner.children.length === 0) inner.text = unescapeXml(document.slice(end, match.index));
      open.pop();
    } else {
      const element: XmlElement = { name, attributes: attributes.trimEnd(), text: "", children: [] };
      inner.children.push(element);
      if (empty === "") open.push(element);
    }
    end = match.index + whole.length;
  }
  const [document_] = root.children;
  if (document_ === undefined || open.length !== 1) throw new Error("XML that does not end");
  return document_;
}

/** The document of an element. */
export function renderXml(element: XmlElement): string {
  const content =
    element.children.length > 0 ? element.children.map(renderXml).join("") : escapeXml(element.text);
  return `<${element.name}${element.attributes}>${content}</${element.name}>`;
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

/** The text at a path of names below an element. */
export function textAt(element: XmlElement, ...path: readonly string[]): string | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => child(at, name), element)?.text;
}

/** The elements of a list of EC2: each is called `item`. */
export function items(element: XmlElement | undefined, name: string): XmlElement[] {
  return child(element, name)?.children.filter((one) => one.name === "item") ?? [];
}

/** What a structure of the query protocols is made of; undefined is left out. */
export type XmlValue =
  string | number | boolean | Date | undefined | readonly XmlValue[] | { readonly [name: string]: XmlValue };

/** The elements of a structure; those of a list have the name that the protocol gives them. */
export function xmlOf(name: string, value: XmlValue, listItem: "member" | "item"): string {
  if (value === undefined) return "";
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (Array.isArray(value)) {
    return `<${name}>${(value as readonly XmlValue[]).map((one) => xmlOf(listItem, one, listItem)).join("")}</${name}>`;
  }
  if (typeof value === "object") {
    const members = Object.entries(value as Readonly<Record<string, XmlValue>>);
    return `<${name}>${members.map(([key, one]) => xmlOf(key, one, listItem)).join("")}</${name}>`;
  }
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

function unescapeXml(text: string): string {
  return text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([\dA-Fa-f]+);/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&amp;/g, "&");
}
