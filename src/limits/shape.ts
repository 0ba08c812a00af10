import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { QueryTooComplexError } from '../errors.ts';
import { deepestNesting } from './lexical.ts';
import { exceeded, type Limits } from './limits.ts';
import { assertOverlapLimits, fragmentsOf } from './overlap.ts';

/** The maximum number of operations, because some validation rules run once for each. */
const mostOperations = 200;

/**
 * Checks the shape of a document before it is validated. Each fragment is measured once, so that the time is linear in the size
 * of the document, whatever its fragments multiply to. Cycles are left to the validation.
 *
 * @throws QueryTooComplexError
 */
export function assertShapeLimits(document: DocumentNode, limits: Limits): void {
  const fragments = fragmentsOf(document);
  const measurer = new ShapeMeasurer(fragments, limits);
  const roots: SelectionSetNode[] = [];
  let selections = 0;
  let operations = 0;
  const add = (shape: Shape, root: SelectionSetNode) => {
    roots.push(root);
    selections += shape.selections;
    if (shape.depth > limits.depth) throw exceeded(limits, 'depth', 'the document');
    if (selections > limits.selections) throw exceeded(limits, 'selections', 'the document');
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (++operations > mostOperations) {
      throw new QueryTooComplexError(
        `the document must have at most ${mostOperations} operations, but has more`,
        { maximum: mostOperations },
      );
    }
    const shape = measurer.measureOperation(definition);
    if (shape.fields > limits.rootFields) throw exceeded(limits, 'rootFields', 'the document');
    add(shape, definition.selectionSet);
  }
  // Unused fragments are not allowed, but still validated.
  for (const [name, { selectionSet }] of fragments) {
    if (!measurer.hasMeasured(name)) add(measurer.measureFragment(name), selectionSet);
  }
  assertOverlapLimits(fragments, roots, limits);
}

/** The measures of a selection set, including fragments. */
interface Shape {
  /** Fields of the set itself. */
  readonly fields: number;
  /** Fields and fragments of the set and below it. */
  readonly selections: number;
  /** Fields within fields. */
  readonly depth: number;
  /** Fields and fragments within fields and fragments. */
  readonly nesting: number;
}

const nothing: Shape = { fields: 0, selections: 0, depth: 0, nesting: 0 };

class ShapeMeasurer {
  readonly #limits: Limits;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Shape>();
  #aliases = 0;
  #innerObjects = 0;
  #level = 0;

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, limits: Limits) {
    this.#limits = limits;
    this.#fragments = fragments;
  }

  hasMeasured(fragment: string): boolean {
    return this.#measured.has(fragment);
  }

  measureOperation({ variableDefinitions = [], selectionSet }: OperationDefinitionNode): Shape {
    for (const { defaultValue } of variableDefinitions) {
      if (defaultValue) this.#measureValue(defaultValue, 0);
    }
    return this.#measureSet(selectionSet);
  }

  measureFragment(name: string): Shape {
    const measured = this.#measured.get(name);
    if (measured) return measured;
    const fragment = this.#fragments.get(name);
    if (!fragment) return nothing;
    // A fragment that spreads itself adds nothing to itself.
    this.#measured.set(name, nothing);
    const shape = this.#measureSet(fragment.selectionSet);
    if (shape.nesting > deepestNesting(this.#limits)) throw exceeded(this.#limits, 'depth', 'the document');
    this.#measured.set(name, shape);
    return shape;
  }

  #measureSet({ selections }: SelectionSetNode): Shape {
    // Deeper fragments could exhaust the stack.
    if (++this.#level > deepestNesting(this.#limits)) throw exceeded(this.#limits, 'depth', 'the document');
    let total = nothing;
    for (const selection of selections) total = sum(total, this.#measure(selection));
    this.#level--;
    return total;
  }

  #measure(selection: SelectionNode): Shape {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return within(this.measureFragment(selection.name.value));
    if (selection.kind === Kind.INLINE_FRAGMENT) return within(this.#measureSet(selection.selectionSet));
    if (selection.alias && ++this.#aliases > this.#limits.aliases) {
      throw exceeded(this.#limits, 'aliases', 'the document');
    }
    for (const { value } of selection.arguments ?? []) this.#measureValue(value, 0);
    const below = selection.selectionSet ? this.#measureSet(selection.selectionSet) : nothing;
    return { ...within(below), fields: 1, depth: below.depth + 1 };
  }

  /** The recursion is bounded by the nesting of brackets. */
  #measureValue(value: ValueNode, depth: number): void {
    if (value.kind === Kind.LIST) {
      if (value.values.length > this.#limits.listSize)
        throw exceeded(this.#limits, 'listSize', 'an argument');
      for (const element of value.values) {
        // Coercion visits every field of its type for each object of a list, and tables can be wide.
        if (depth === 0 && element.kind === Kind.OBJECT) this.#countObject();
        this.#measureValue(element, depth);
      }
    }
    if (value.kind === Kind.OBJECT) {
      if (depth === this.#limits.filterDepth) throw exceeded(this.#limits, 'filterDepth', 'an argument');
      if (depth > 0) this.#countObject();
      for (const field of value.fields) this.#measureValue(field.value, depth + 1);
    }
  }

  #countObject(): void {
    if (++this.#innerObjects > this.#limits.filterSize)
      throw exceeded(this.#limits, 'filterSize', 'the document');
  }
}

/** A selection with the selections below it. */
function within(below: Shape): Shape {
  return { ...below, selections: below.selections + 1, nesting: below.nesting + 1 };
}

function sum(a: Shape, b: Shape): Shape {
  return {
    fields: a.fields + b.fields,
    selections: a.selections + b.selections,
    depth: Math.max(a.depth, b.depth),
    nesting: Math.max(a.nesting, b.nesting),
  };
}
