/** The maximum number of cached texts of a header, and of their characters. */
const mostTexts = 100;
const longestText = 200;
/** Characters of a header that are read. Longer ones only cost time. */
const mostRead = 4_096;

/**
 * Caches the result of parsing a header by its text, since almost all requests of a client have the same. Long and further
 * texts are parsed each time, so that clients cannot fill the memory, and not to their end if they are very long.
 *
 * @param read parses the header, which is undefined if a request does not have it
 */
export function readOnce<T>(read: (text: string | undefined) => T): (text: string | undefined) => T {
  const known = new Map<string | undefined, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = read(text?.slice(0, mostRead));
    if (known.size < mostTexts && (text?.length ?? 0) <= longestText) known.set(text, value);
    return value;
  };
}
