/** A text as one word that shells of POSIX take as it is; plain ones stay as they are. */
export function quotedForSh(text: string): string {
  return isPlainWord(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether a text is one word to every shell, without quotes. */
export function isPlainWord(text: string): boolean {
  return /^[\w./:@=-]+$/.test(text);
}
