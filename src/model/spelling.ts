import { distance } from 'fastest-levenshtein';
import { folded } from './folded-text.ts';

/**
 * The known word that was most likely meant: the nearest one, or undefined if none is near enough. Case, accents, look-alike
 * letters, spaces, hyphens and underscores are ignored.
 */
export function nearestSpelling(word: string, known: Iterable<string>): string | undefined {
  const plain = plainForm(word);
  let nearest: { readonly spelling: string; readonly edits: number } | undefined;
  for (const spelling of known) {
    const other = plainForm(spelling);
    // Words whose lengths differ by more cannot be near. It also bounds the cost of a comparison.
    if (Math.abs(plain.length - other.length) > toleratedEdits(other)) continue;
    const edits = distance(plain, other);
    if (edits <= toleratedEdits(other) && edits < (nearest?.edits ?? Number.POSITIVE_INFINITY)) {
      nearest = { spelling, edits };
    }
  }
  return nearest?.spelling;
}

/** Swapping two letters is two edits, which is too uncertain in a short word. */
function toleratedEdits(word: string): number {
  if (word.length < 4) return 1;
  return word.length < 12 ? 2 : 3;
}

function plainForm(word: string): string {
  return /^[a-z\d]*$/.test(word) ? word : folded(word).replace(/[\s_-]/g, '');
}
