/** The base64 of a text's UTF-8, in one line: RFC 4648, section 4. */
export function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The text; undefined where this is no base64, or not of UTF-8. */
export function fromBase64(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString();
  return toBase64(text) === base64 ? text : undefined;
}
