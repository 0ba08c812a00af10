import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
} from 'graphql';
import type { Model, Table } from '../model/model.ts';

/**
 * The specification of the directives. The first version has all that are used here, so that every composer supports it.
 */
const specification = 'https://specs.apollo.dev/federation/v2.0';

/** The definitions that every subgraph has, which its text omits. */
const machinery = {
  types: new Set(['_Any', '_Entity', '_Service']),
  rootFields: new Set(['_entities', '_service']),
} as const;

/**
 * A subgraph's schema for composition: with its keys, and without the definitions that every subgraph has.
 *
 * @param model what the schema is generated from
 */
export function printSubgraph(schema: GraphQLSchema, { tables }: Model): string {
  const { definitions } = parse(printSchema(schema), { noLocation: true });
  const keysByType = new Map(tables.map((table) => [table.typeName, keysOf(table)]));
  const own = definitions.flatMap((definition): readonly DefinitionNode[] => {
    if ('name' in definition && machinery.types.has(definition.name?.value ?? '')) return [];
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return [definition];
    const isRoot = definition.name.value === schema.getQueryType()?.name;
    return [isRoot ? describeRoot(definition) : describeObject(definition, keysByType)];
  });
  const link = `extend schema @link(url: "${specification}", import: ["@key", "@shareable"])`;
  return `${link}\n\n${print({ kind: Kind.DOCUMENT, definitions: own })}`;
}

function describeRoot(definition: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  const fields = definition.fields?.filter(({ name }) => !machinery.rootFields.has(name.value)) ?? [];
  return {
    ...definition,
    // The placeholder field of a gateway without tables would collide with that of another.
    fields: fields.map((field) =>
      field.name.value === '_empty' ? { ...field, directives: [directive('shareable')] } : field,
    ),
  };
}

function describeObject(
  definition: ObjectTypeDefinitionNode,
  keysByType: ReadonlyMap<string, readonly string[]>,
): ObjectTypeDefinitionNode {
  const keys = keysByType.get(definition.name.value) ?? [];
  const directives = [
    ...keys.map((fields) => directive('key', { fields })),
    ...(definition.name.value === 'PageInfo' ? [directive('shareable')] : []),
  ];
  return { ...definition, directives };
}

/** The field sets that identify a row of the table. */
function keysOf({ key }: Table): readonly string[] {
  if (key.length === 0) return [];
  // Federation does not allow lists in keys, but the nodeId can contain one.
  const isComparable = key.every(({ type }) => type.kind !== 'array');
  return [...(isComparable ? [key.map(({ fieldName }) => fieldName).join(' ')] : []), 'nodeId'];
}

function directive(name: string, values: Readonly<Record<string, string>> = {}): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: Object.entries(values).map(([argument, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: argument },
      value: { kind: Kind.STRING, value },
    })),
  };
}
