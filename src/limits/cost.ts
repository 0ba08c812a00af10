import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { conditionCost } from './condition-cost.ts';
import { fragmentsOf } from './overlap.ts';

/** An operation of a document, and the values of its variables. */
export interface AskedOperation {
  readonly schema: GraphQLSchema;
  /** Valid against the schema, and no deeper than the limits allow. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Upper bounds of an operation's result. */
export interface Cost {
  /** The number of rows in the answer, plus the cost of filters. */
  readonly nodes: number;
  /** The bytes of names and punctuation in the answer, and one for each value. */
  readonly bytes: number;
}

/**
 * An upper bound of what an operation can return. A connection, according to the extensions of its field, has as many nodes as
 * its argument `first` or `last` says. The selection of a node counts once for each of them, and a filter as often as it is
 * evaluated. Any other object is one node, and a list of objects has as many as the list argument from which it is made.
 *
 * Each fragment is computed once, so that the time is linear in the size of the document. Introspection costs nothing here.
 */
export function estimateCost(asked: AskedOperation): Cost {
  const { schema, operation, variables } = asked;
  const known = estimates.get(operation);
  if (known?.deciding.every(([name, value]) => variables[name] === value)) return known.cost;
  const root = schema.getRootType(operation.operation);
  if (!root) return nothing;
  const estimator = new CostEstimator(asked);
  const cost = estimator.costOfSet(operation.selectionSet, root, outside);
  const deciding = [...estimator.deciding].map((name) => [name, variables[name]] as const);
  if (deciding.every(([, value]) => isShort(value))) estimates.set(operation, { cost, deciding });
  return cost;
}

/** Whether a value is small enough to be kept. Objects are never the same twice. */
function isShort(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= longestKept : typeof value !== 'object';
}

/** Characters. */
const longestKept = 1_000;

const nothing: Cost = { nodes: 0, bytes: 0 };

/** The latest estimate of an operation, and the values of the variables on which it depends. */
interface Estimate {
  readonly cost: Cost;
  readonly deciding: readonly (readonly [name: string, value: unknown])[];
}

const estimates = new WeakMap<OperationDefinitionNode, Estimate>();

/** The position of a selection set. */
interface Place {
  /** The number of further levels that are parts of a connection. */
  readonly level: number;
  /** The maximum number of rows of the connection's page. */
  readonly rows: number;
}

const outside: Place = { level: 0, rows: 1 };

/** The levels between a connection and its nodes, which are not nodes themselves: `edges` and `node`. */
const levelsOfConnection = 2;

class CostEstimator {
  readonly #schema: GraphQLSchema;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #costs = new Map<string, Cost>();
  /** The variables on which the estimate depends. */
  readonly deciding = new Set<string>();

  constructor({ schema, document, operation, variables }: AskedOperation) {
    this.#schema = schema;
    this.#variables = valuesOf(operation, variables);
    this.#fragments = fragmentsOf(document);
  }

  costOfSet({ selections }: SelectionSetNode, parent: GraphQLCompositeType, place: Place): Cost {
    return selections.reduce((total, selection) => sum(total, this.#cost(selection, parent, place)), nothing);
  }

  #cost(selection: SelectionNode, parent: GraphQLCompositeType, place: Place): Cost {
    if (selection.kind === Kind.FIELD) {
      const { nodes, bytes } = this.#costOfField(selection, parent, place);
      // Quotes, a colon, a comma and at least one byte of a value.
      return { nodes, bytes: bytes + (selection.alias ?? selection.name).value.length + 5 };
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#costOfFragment(selection.name.value, place);
    const type = this.#typeNamed(selection.typeCondition?.name.value) ?? parent;
    return this.costOfSet(selection.selectionSet, type, place);
  }

  #costOfFragment(name: string, place: Place): Cost {
    const key = `${place.level} ${place.rows} ${name}`;
    const known = this.#costs.get(key);
    if (known) return known;
    const fragment = this.#fragments.get(name);
    const type = this.#typeNamed(fragment?.typeCondition.name.value);
    if (!fragment || !type) return nothing;
    this.#costs.set(key, nothing);
    const cost = this.costOfSet(fragment.selectionSet, type, place);
    this.#costs.set(key, cost);
    return cost;
  }

  #costOfField(node: FieldNode, parent: GraphQLCompositeType, { level, rows }: Place): Cost {
    if (!node.selectionSet || !(isObjectType(parent) || isInterfaceType(parent))) return nothing;
    const field = parent.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    if (!field || !isCompositeType(type)) return nothing;
    const { connection } = field.extensions;
    if (connection) {
      const page = this.#pageSize(node, connection.maxRows);
      const { nodes, bytes } = this.costOfSet(node.selectionSet, type, {
        level: levelsOfConnection,
        rows: page,
      });
      const conditions = conditionCost(this.#argument(node, 'filter'));
      return { nodes: conditions + page * (1 + nodes), bytes };
    }
    if (level > 0) {
      const { nodes, bytes } = this.costOfSet(node.selectionSet, type, { level: level - 1, rows });
      return { nodes, bytes: isListType(getNullableType(field.type)) ? rows * bytes : bytes };
    }
    const { nodes, bytes } = this.costOfSet(node.selectionSet, type, outside);
    const size = this.#size(node, field);
    return { nodes: size * (1 + nodes), bytes: size * bytes };
  }

  #pageSize(node: FieldNode, most: number): number {
    const asked = this.#argument(node, 'first') ?? this.#argument(node, 'last');
    return typeof asked === 'number' ? Math.min(Math.max(asked, 0), most) : most;
  }

  #size(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
    if (!isListType(getNullableType(field.type))) return 1;
    const lists = (node.arguments ?? []).map(({ value }) => this.#valueOf(value)).filter(Array.isArray);
    return Math.max(1, ...lists.map(({ length }) => length));
  }

  #argument(node: FieldNode, name: string): unknown {
    const argument = node.arguments?.find((candidate: ArgumentNode) => candidate.name.value === name);
    return argument && this.#valueOf(argument.value);
  }

  #valueOf(value: ValueNode): unknown {
    for (const name of variablesIn(value)) this.deciding.add(name);
    return valueFromASTUntyped(value, this.#variables);
  }

  #typeNamed(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.#schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

function sum(a: Cost, b: Cost): Cost {
  return { nodes: a.nodes + b.nodes, bytes: a.bytes + b.bytes };
}

/** The names of the variables in a value. */
function variablesIn(value: ValueNode): readonly string[] {
  const known = variables.get(value);
  if (known) return known;
  const names: string[] = [];
  visit(value, { Variable: ({ name }) => void names.push(name.value) });
  variables.set(value, names);
  return names;
}

const variables = new WeakMap<ValueNode, readonly string[]>();

/** The values of the variables, including defaults. */
function valuesOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const entries = variableDefinitions.map(({ variable, defaultValue }) => {
    const name = variable.name.value;
    if (Object.hasOwn(variables, name)) return [name, variables[name]];
    return [name, defaultValue && valueFromASTUntyped(defaultValue)];
  });
  return Object.fromEntries(entries);
}
