// #region sha256
/** The SHA-256 hash of a text in hexadecimal, as browsers and Node compute it. */
export async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
// #endregion
