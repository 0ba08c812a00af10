import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { QueryTooComplexError } from '../errors.ts';
import { exceeded, type Limits, limitSettings } from './limits.ts';

/**
 * The maximum number of pairs of fields and fragments at the same place, per allowed selection. Validation compares all fields at
 * the same place of the response with each other, and again those below them: a few hundred repetitions, hidden in fragments,
 * take 100 ms.
 */
const pairsPerSelection = 25;

/**
 * Rejects a document with so many repetitions that its validation would take long.
 *
 * @param roots the selection sets of operations and of unused fragments, with few enough selections to visit each
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

/** A selection set, and the fragments around it. */
interface Placed {
  readonly set: SelectionSetNode;
  readonly inside: Inside | undefined;
}

interface Inside {
  readonly fragment: string;
  readonly inside: Inside | undefined;
}

/** The fields and fragments at one place of the response. */
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

  /** Counts the pairs in the selection sets of one place, and below them. */
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
      // Only fragments that spread themselves have more selections than were counted before.
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
    // Even if it does not exist, because validation still compares them.
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
      `the document repeats fields and fragments at the same place so often that more than ${pairsPerSelection * selections} pairs of them would have to be compared (${pairsPerSelection} × ${flag})`,
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
