import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { QueryTooComplexError } from '../errors.ts';
import { exceeded, type Limits, limitSettings } from './limits.ts';

/**
 * Pairs of fields and fragments that may meet at one place, for each selection that a document may have. Validation
 * compares all fields that share a place in the response with each other, and what is below them again: a few
 * hundred repetitions, hidden in fragments, take it 100 ms.
 */
const pairsPerSelection = 25;

/**
 * Refuses a document that repeats itself so often that its validation would take long.
 *
 * @param roots of operations and of fragments that nothing spreads, with few enough selections to look at each
 * @throws QueryTooComplexError
 */
export function assertOverlapLimits(
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  roots: readonly SelectionSetNode[],
  limits: Limits,
): void {
  const counter = new OverlapCounter(fragments, limits);
  for (const root of roots) counter.count([{ set: root, inside: undefined }]);
}

/** The fragments of a document by name. */
export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}

/** A selection set, and the fragments that it is inside of. */
interface Placed {
  readonly set: SelectionSetNode;
  readonly inside: Inside | undefined;
}

interface Inside {
  readonly fragment: string;
  readonly inside: Inside | undefined;
}

/** What shares one place in the response. */
interface Group {
  fields: number;
  readonly below: Placed[];
}

class OverlapCounter {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #limits: Limits;
  #selections = 0;
  #pairs = 0;

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, limits: Limits) {
    this.#fragments = fragments;
    this.#limits = limits;
  }

  /** Counts what the selection sets of one place have in common, and all that is below them. */
  count(placed: readonly Placed[]): void {
    const groups = new Map<string, Group>();
    const spread = new Set<string>();
    for (const { set, inside } of placed) this.#collect({ set, inside }, groups, spread);
    this.#add(spread.size);
    for (const { fields, below } of groups.values()) {
      this.#add(fields);
      if (below.length > 0) this.count(below);
    }
  }

  #collect({ set, inside }: Placed, groups: Map<string, Group>, spread: Set<string>): void {
    for (const selection of set.selections) {
      // Only where fragments spread themselves is there more to see than was counted before.
      if (++this.#selections > this.#limits.selections) {
        throw exceeded(this.#limits, 'selections', 'the document');
      }
      if (selection.kind === Kind.FIELD) {
        const place = (selection.alias ?? selection.name).value;
        const group = groups.get(place) ?? { fields: 0, below: [] };
        groups.set(place, group);
        group.fields++;
        if (selection.selectionSet) group.below.push({ set: selection.selectionSet, inside });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.#collect({ set: selection.selectionSet, inside }, groups, spread);
      } else {
        this.#collectFragment(selection.name.value, inside, groups, spread);
      }
    }
  }

  #collectFragment(
    name: string,
    inside: Inside | undefined,
    groups: Map<string, Group>,
    spread: Set<string>,
  ): void {
    if (spread.has(name) || isInside(inside, name)) return;
    // Also one that does not exist: validation compares them all the same.
    spread.add(name);
    const fragment = this.#fragments.get(name);
    if (fragment)
      this.#collect({ set: fragment.selectionSet, inside: { fragment: name, inside } }, groups, spread);
  }

  #add(count: number): void {
    this.#pairs += (count * (count - 1)) / 2;
    const { selections } = this.#limits;
    if (this.#pairs <= pairsPerSelection * selections) return;
    const { flag } = limitSettings.selections;
    throw new QueryTooComplexError(
      `the document must not repeat its fields and fragments at the same place so often that ${pairsPerSelection * selections} pairs of them have to be compared, but does (${pairsPerSelection} × ${flag})`,
      { limit: flag.slice('--'.length), maximum: selections },
    );
  }
}

function isInside(inside: Inside | undefined, name: string): boolean {
  for (let current = inside; current; current = current.inside) {
    if (current.fragment === name) return true;
  }
  return false;
}
