/** One part of a MIME multi-part document. */
export interface MimePart {
  readonly contentType: string;
  readonly content: string;
}

/**
 * A MIME multi-part document as cloud-init, nodeadm and EKS's merging read it.
 *
 * The boundary is the same each time, so that a launch template changes only when its contents do; it gets longer
 * where a part happens to hold it.
 */
export function renderMime(parts: readonly MimePart[]): string {
  let boundary = "==PODNET==";
  while (parts.some(({ content }) => content.includes(boundary))) boundary += "=";
  return [
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    ...parts.flatMap(({ contentType, content }) => [
      `--${boundary}`,
      `Content-Type: ${contentType}`,
      "",
      content.trimEnd(),
      "",
    ]),
    `--${boundary}--`,
    "",
  ].join("\n");
}
