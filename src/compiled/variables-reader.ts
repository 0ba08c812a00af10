import {
  type GraphQLLeafType,
  type GraphQLSchema,
  getNullableType,
  getVariableValues,
  isInputType,
  isLeafType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

/** Values of variables by name. */
export type VariableValues = Readonly<Record<string, unknown>>;

/** A variable of a scalar or an enum, without a default. */
interface LeafVariable {
  readonly name: string;
  readonly type: GraphQLLeafType;
  readonly isRequired: boolean;
}

/**
 * Coerces the variables of an operation like graphql-js, but faster for scalars, which most variables are.
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
    const type = isInputType(given) ? getNullableType(given) : undefined;
    if (!isLeafType(type) || defaultValue) return undefined;
    leaves.push({ name: variable.name.value, type, isRequired: isNonNullType(given) });
  }
  return leaves;
}

/** Undefined if one may be invalid. */
function readLeaves(leaves: readonly LeafVariable[], given: VariableValues): VariableValues | undefined {
  const read: Record<string, unknown> = Object.create(null);
  for (const { name, type, isRequired } of leaves) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) {
      if (isRequired) return undefined;
      if (value === null) read[name] = null;
    } else {
      const parsed = tryParse(type, value);
      if (parsed === undefined) return undefined;
      read[name] = parsed;
    }
  }
  return read;
}

function tryParse(type: GraphQLLeafType, value: unknown): unknown {
  try {
    return type.parseValue(value);
  } catch {
    return undefined;
  }
}
