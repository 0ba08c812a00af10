/** How many different texts of a header are remembered, and how many characters each may have. */
const mostTexts = 100;
const longestText = 200;

/**
 * What a header says, read once for each of its texts: nearly all requests of a client have the same. Long texts and
 * rare ones are read each time, so that what clients send does not fill the memory.
 *
 * @param read reads the header; undefined where a request has none
 */
export function readOnce<T>(read: (text: string | undefined) => T): (text: string | undefined) => T {
  const known = new Map<string | undefined, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = read(text);
    if (known.size < mostTexts && (text?.length ?? 0) <= longestText) known.set(text, value);
    return value;
  };
}
