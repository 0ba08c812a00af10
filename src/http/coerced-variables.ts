import {
  coerceInputValue,
  type DocumentNode,
  type GraphQLInputType,
  GraphQLScalarType,
  GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInputType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';
import type { Variables } from './receive.ts';

/** An operation as `graphql-jit` can compile it. */
export interface CompilableOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  /** The values that it gets; undefined where one is not of its type. */
  coerce(variables: Variables): Variables | undefined;
}

/**
 * An operation whose variables hold no input objects that anyone has to look into. The compiler writes out the code
 * for an input object and all within it; a filter can hold filters, and it would never come to an end. So these
 * variables are coerced here, and the compiled code takes them as they are.
 */
export function withCoercedObjects(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompilableOperation {
  const { variableDefinitions = [] } = operation;
  const objects = variableDefinitions.flatMap((node) => objectVariable(schema, node) ?? []);
  if (objects.length === 0) return { schema, document, coerce: (variables) => variables };
  const opaque = opaqueTypeFor(schema);
  const names = new Set(objects.map(({ name }) => name));
  const opaqueDefinition = ({
    defaultValue: _,
    ...node
  }: VariableDefinitionNode): VariableDefinitionNode => ({
    ...node,
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: opaque.typeName } },
  });
  const opaqueOperation = {
    ...operation,
    variableDefinitions: variableDefinitions.map((node) =>
      names.has(node.variable.name.value) ? opaqueDefinition(node) : node,
    ),
  };
  return {
    schema: opaque.schema,
    document: {
      ...document,
      definitions: document.definitions.map((node) => (node === operation ? opaqueOperation : node)),
    },
    coerce: (variables) => coerceObjects(objects, variables),
  };
}

/** A variable whose value is an input object, or a list of them. */
interface ObjectVariable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly defaultValue: unknown;
}

function objectVariable(
  schema: GraphQLSchema,
  { variable, type: typeNode, defaultValue }: VariableDefinitionNode,
): ObjectVariable | undefined {
  const type = typeFromAST(schema, typeNode);
  if (!isInputType(type) || !isInputObjectType(getNamedType(type))) return undefined;
  return { name: variable.name.value, type, defaultValue: valueFromAST(defaultValue, type) };
}

function coerceObjects(objects: readonly ObjectVariable[], variables: Variables): Variables | undefined {
  const coerced: Record<string, unknown> = { ...variables };
  try {
    for (const { name, type, defaultValue } of objects) {
      const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
      const value = given === undefined ? defaultValue : coerceInputValue(given, type, refuse);
      if ((value === undefined || value === null) && isNonNullType(type)) return undefined;
      if (value === undefined) delete coerced[name];
      else coerced[name] = value;
    }
  } catch (error) {
    if (error instanceof WrongTypeError) return undefined;
    throw error;
  }
  return coerced;
}

/** A value is not of its type. Why, the interpreter says. */
class WrongTypeError extends Error {}

function refuse(): never {
  throw new WrongTypeError();
}

/** A schema with one more type, whose values nobody looks into. */
interface OpaqueType {
  readonly schema: GraphQLSchema;
  readonly typeName: string;
}

const opaqueTypes = new WeakMap<GraphQLSchema, OpaqueType>();

function opaqueTypeFor(schema: GraphQLSchema): OpaqueType {
  const known = opaqueTypes.get(schema);
  if (known) return known;
  let typeName = 'Coerced';
  while (schema.getType(typeName)) typeName += '_';
  const config = schema.toConfig();
  const type = new GraphQLScalarType({ name: typeName, parseValue: (value) => value });
  const opaque = { schema: new GraphQLSchema({ ...config, types: [...config.types, type] }), typeName };
  opaqueTypes.set(schema, opaque);
  return opaque;
}
