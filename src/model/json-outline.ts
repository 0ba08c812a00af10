/** What a text of JSON is like before it is parsed. */
export interface JsonOutline {
  /** The most brackets within brackets. */
  readonly nesting: number;
  /** The number of keys, with those that are repeated in one object. */
  readonly keys: number;
}

/** Outlines a text of JSON, in one pass and without recursion, whatever it is. */
export function outlineOf(json: string): JsonOutline {
  let nesting = 0;
  let level = 0;
  let keys = 0;
  let followsString = false;
  for (let i = 0; i < json.length; i++) {
    const character = json[i] ?? '';
    if (' \t\n\r'.includes(character)) continue;
    if (followsString && character === ':') keys++;
    followsString = character === '"';
    if (followsString) i = endOfString(json, i + 1);
    else if (character === '{' || character === '[') nesting = Math.max(nesting, ++level);
    else if (character === '}' || character === ']') level--;
  }
  return { nesting, keys };
}

/** The index of the quote that closes a string; the text's length if none does. */
export function endOfString(text: string, from: number): number {
  let i = from;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
