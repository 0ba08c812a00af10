import {
  type GraphQLLeafType,
  type GraphQLSchema,
  getNullableType,
  getVariableValues,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

/** Values of variables by name. */
export type VariableValues = Readonly<Record<string, unknown>>;

/** A variable of a scalar or an enum, or of a list of them, without a default. */
interface LeafVariable {
  readonly name: string;
  readonly type: GraphQLLeafType;
  readonly isRequired: boolean;
  /** Undefined if it is not a list. */
  readonly elements: { readonly areRequired: boolean } | undefined;
}

/**
 * Coerces the variables of an operation like graphql-js, but faster for scalars and lists of them, which most variables are.
 */
export class VariablesReader {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  /** Undefined if the operation has a variable of another kind. */
  readonly #leaves: readonly LeafVariable[] | undefined;

  constructor(schema: GraphQLSchema, operation: OperationDefinitionNode) {
    this.#schema = schema;
    this.#operation = operation;
    this.#leaves = leafVariables(schema, operation);
  }

  /** Undefined if one of them is invalid. */
  read(given: VariableValues): VariableValues | undefined {
    return (this.#leaves && readLeaves(this.#leaves, given)) ?? this.#readAny(given);
  }

  #readAny(given: VariableValues): VariableValues | undefined {
    const definitions = this.#operation.variableDefinitions ?? [];
    return getVariableValues(this.#schema, definitions, given, { maxErrors: 1 }).coerced;
  }
}

function leafVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): readonly LeafVariable[] | undefined {
  const leaves: LeafVariable[] = [];
  for (const { variable, type: node, defaultValue } of variableDefinitions) {
    const given = typeFromAST(schema, node);
    if (!isInputType(given) || defaultValue) return undefined;
    const outer = getNullableType(given);
    const type = isListType(outer) ? getNullableType(outer.ofType) : outer;
    if (!isLeafType(type)) return undefined;
    leaves.push({
      name: variable.name.value,
      type,
      isRequired: isNonNullType(given),
      elements: isListType(outer) ? { areRequired: isNonNullType(outer.ofType) } : undefined,
    });
  }
  return leaves;
}

/** Undefined if one may be invalid. */
function readLeaves(leaves: readonly LeafVariable[], given: VariableValues): VariableValues | undefined {
  const read: Record<string, unknown> = Object.create(null);
  for (const { name, type, isRequired, elements } of leaves) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) {
      if (isRequired) return undefined;
      if (value === null) read[name] = null;
    } else {
      const parsed = elements ? tryParseList(type, value, elements.areRequired) : tryParse(type, value);
      if (parsed === undefined) return undefined;
      read[name] = parsed;
    }
  }
  return read;
}

/** Undefined if an element may be invalid, or the value is not a list. */
function tryParseList(
  type: GraphQLLeafType,
  values: unknown,
  areRequired: boolean,
): readonly unknown[] | undefined {
  if (!Array.isArray(values)) return undefined;
  const list: unknown[] = [];
  for (const value of values) {
    if (value === null && areRequired) return undefined;
    const parsed = value === null ? null : tryParse(type, value);
    if (parsed === undefined) return undefined;
    list.push(parsed);
  }
  return list;
}

function tryParse(type: GraphQLLeafType, value: unknown): unknown {
  try {
    return type.parseValue(value);
  } catch {
    return undefined;
  }
}
