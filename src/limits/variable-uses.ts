import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type ValueNode,
} from 'graphql';
import { fragmentsOf } from './overlap.ts';

/** How often an operation uses each of its variables, by name. */
export interface VariableUses {
  readonly byName: ReadonlyMap<string, number>;
  /** Of the variable that it uses most. */
  readonly most: number;
}

const known = new WeakMap<OperationDefinitionNode, VariableUses>();

/**
 * Counts the uses of variables in arguments, those of a fragment wherever it is spread.
 *
 * @param document that is valid, so that no fragment contains itself
 */
export function variableUses(document: DocumentNode, operation: OperationDefinitionNode): VariableUses {
  const counted = known.get(operation);
  if (counted) return counted;
  const byName = new UseCounter(document).ofSelections(operation.selectionSet.selections);
  const uses = { byName, most: Math.max(0, ...byName.values()) };
  known.set(operation, uses);
  return uses;
}

type Uses = Map<string, number>;

class UseCounter {
  readonly #definitions: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #ofFragments = new Map<string, Uses>();

  constructor(document: DocumentNode) {
    this.#definitions = fragmentsOf(document);
  }

  ofSelections(selections: readonly SelectionNode[]): Uses {
    const uses: Uses = new Map();
    for (const selection of selections) this.#addSelection(uses, selection);
    return uses;
  }

  #addSelection(uses: Uses, selection: SelectionNode): void {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      for (const [name, count] of this.#ofFragment(selection.name.value)) add(uses, name, count);
      return;
    }
    if (selection.kind === Kind.FIELD) {
      for (const { value } of selection.arguments ?? []) addValue(uses, value);
    }
    for (const inner of selection.selectionSet?.selections ?? []) this.#addSelection(uses, inner);
  }

  #ofFragment(name: string): Uses {
    const uses =
      this.#ofFragments.get(name) ??
      this.ofSelections(this.#definitions.get(name)?.selectionSet.selections ?? []);
    this.#ofFragments.set(name, uses);
    return uses;
  }
}

function addValue(uses: Uses, value: ValueNode): void {
  if (value.kind === Kind.VARIABLE) add(uses, value.name.value, 1);
  else if (value.kind === Kind.LIST) for (const inner of value.values) addValue(uses, inner);
  else if (value.kind === Kind.OBJECT) for (const inner of value.fields) addValue(uses, inner.value);
}

function add(uses: Uses, name: string, count: number): void {
  uses.set(name, (uses.get(name) ?? 0) + count);
}
