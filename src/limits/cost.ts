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
} from 'graphql';
import { fragmentsOf } from './overlap.ts';

/** An operation and the values that it gets. */
export interface CostedOperation {
  readonly schema: GraphQLSchema;
  /** Valid against the schema, and no deeper than the limits allow. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * An upper bound of the nodes that an operation can return. A field that returns a connection, as its extensions say,
 * has as many as its argument `first` or `last` says, and what is selected of each node counts for every one of
 * them. Any other object is one node, and a list of objects as many as the list argument has that it is made from.
 *
 * Each fragment is costed once, so that the work is linear in the document. Introspection costs nothing here.
 */
export function estimateCost(costed: CostedOperation): number {
  const { schema, operation } = costed;
  const root = schema.getRootType(operation.operation);
  if (!root) return 0;
  return new CostEstimator(costed).costOfSet(operation.selectionSet, root, 0);
}

/** Levels between a connection and its nodes, which are not nodes themselves: `edges` and `node`. */
const levelsOfConnection = 2;

class CostEstimator {
  readonly #schema: GraphQLSchema;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #costs = new Map<string, number>();

  constructor({ schema, document, operation, variables }: CostedOperation) {
    this.#schema = schema;
    this.#values = valuesOf(operation, variables);
    this.#fragments = fragmentsOf(document);
  }

  /** @param level how many more levels are parts of a connection */
  costOfSet({ selections }: SelectionSetNode, parent: GraphQLCompositeType, level: number): number {
    return selections.reduce((total, selection) => total + this.#cost(selection, parent, level), 0);
  }

  #cost(selection: SelectionNode, parent: GraphQLCompositeType, level: number): number {
    if (selection.kind === Kind.FIELD) return this.#costOfField(selection, parent, level);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#costOfFragment(selection.name.value, level);
    const type = this.#typeNamed(selection.typeCondition?.name.value) ?? parent;
    return this.costOfSet(selection.selectionSet, type, level);
  }

  #costOfFragment(name: string, level: number): number {
    const key = `${level} ${name}`;
    const known = this.#costs.get(key);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    const type = this.#typeNamed(fragment?.typeCondition.name.value);
    if (!fragment || !type) return 0;
    this.#costs.set(key, 0);
    const cost = this.costOfSet(fragment.selectionSet, type, level);
    this.#costs.set(key, cost);
    return cost;
  }

  #costOfField(node: FieldNode, parent: GraphQLCompositeType, level: number): number {
    if (!node.selectionSet || !(isObjectType(parent) || isInterfaceType(parent))) return 0;
    const field = parent.getFields()[node.name.value];
    const type = field && getNamedType(field.type);
    if (!field || !isCompositeType(type)) return 0;
    const { connection } = field.extensions;
    if (connection) {
      return (
        this.#pageSize(node, connection.maxRows) *
        (1 + this.costOfSet(node.selectionSet, type, levelsOfConnection))
      );
    }
    if (level > 0) return this.costOfSet(node.selectionSet, type, level - 1);
    return this.#size(node, field) * (1 + this.costOfSet(node.selectionSet, type, 0));
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

  /** What a number or a list comes to; of no interest otherwise. */
  #valueOf(value: ValueNode): unknown {
    if (value.kind === Kind.VARIABLE) return this.#values.get(value.name.value);
    if (value.kind === Kind.INT) return Number(value.value);
    return value.kind === Kind.LIST ? value.values : undefined;
  }

  #typeNamed(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.#schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}

/** The variables' values, their defaults included. */
function valuesOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> {
  return new Map(
    variableDefinitions.map(({ variable, defaultValue }) => {
      const name = variable.name.value;
      if (Object.hasOwn(variables, name)) return [name, variables[name]];
      return [name, defaultValue?.kind === Kind.INT ? Number(defaultValue.value) : undefined];
    }),
  );
}
