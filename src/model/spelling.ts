import { distance } from 'fastest-levenshtein';

/**
 * The known word that a word was most likely meant to be: the nearest one, where it is near enough; undefined where
 * none is. Upper and lower case, spaces, hyphens and underscores count for nothing.
 */
export function nearestSpelling(word: string, known: Iterable<string>): string | undefined {
  const plain = plainForm(word);
  let nearest: { readonly spelling: string; readonly edits: number } | undefined;
  for (const spelling of known) {
    const other = plainForm(spelling);
    // Words whose lengths differ by more are not near; and none of them is so long that comparing it costs much.
    if (Math.abs(plain.length - other.length) > toleratedEdits(other)) continue;
    const edits = distance(plain, other);
    if (edits <= toleratedEdits(other) && edits < (nearest?.edits ?? Number.POSITIVE_INFINITY)) {
      nearest = { spelling, edits };
    }
  }
  return nearest?.spelling;
}

/** A swap of two letters is two edits, and in a short word it is one too many to be sure. */
function toleratedEdits(word: string): number {
  if (word.length < 4) return 1;
  return word.length < 12 ? 2 : 3;
}

function plainForm(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '');
}
