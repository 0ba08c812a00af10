import { type Column, findTable, type Relation, type Table } from '../../model/model.ts';
import { lowerFirst } from '../../model/name.ts';

/** An example query. */
export interface Example {
  readonly query: string;
  /** If the query needs the key of a row: how to find one. */
  readonly key?: ExampleKey;
}

/** How to find the key of a row that the caller may see. */
export interface ExampleKey {
  /** A query for one row, whose fields have the names of the key's arguments. */
  readonly query: string;
  /** The placeholder for the arguments in the example. */
  readonly placeholder: string;
}

/**
 * Examples for some tables: a page, a filter with an order, a relation or aggregates, a row by its key. They use the columns that
 * the tables have, and a comment in each explains the answer.
 *
 * @param tables that the caller may read
 */
export function exampleQueries(tables: readonly Table[]): readonly Example[] {
  const [first] = tables;
  if (!first) return [{ query: nothingToAsk }];
  const queries = [pageOf(first), filteredAndOrdered(first), further(tables)];
  return [...queries.filter((query) => query !== undefined).map((query) => ({ query })), ...oneRow(tables)];
}

const nothingToAsk = `# Your role may read no foreign table, so there is nothing to ask for.
# "fdw-graphql inspect" says what is exposed, and Postgres' grants decide who may read it.
{
  __typename
}
`;

function pageOf(table: Table): string {
  return `# The first rows of ${nameOf(table)}${table.totalCount ? ',\n# and how many there are' : ''}.
# More of them: (first: 5, after: "<endCursor>")
# Run: Ctrl-Enter. What else is there: Ctrl-Space
query FirstPage {
  ${collectionOf(table)}(first: 5) {${count(table)}
    edges {
      node {
${fields(table.columns, 8)}
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;
}

function filteredAndOrdered(table: Table): string | undefined {
  const condition = partOf(table);
  const ordered = table.columns.find(isTime) ?? table.columns.find(isComparable);
  if (!condition || !ordered) return undefined;
  const columns = [...new Set([condition.column, ordered, ...table.columns])];
  return `# Rows ${condition.words},
# by ${ordered.fieldName}, ${isTime(ordered) ? 'latest' : 'greatest'} first.
query FilterAndOrder {
  ${collectionOf(table)}(
    first: 5
    filter: { ${condition.filter} }
    orderBy: [{ ${ordered.fieldName}: DescNullsLast }]
  ) {${count(table)}
    edges {
      node {
${fields(columns, 8, 4)}
      }
    }
  }
}
`;
}

/** An example with a relation, or else with aggregates. */
function further(tables: readonly Table[]): string | undefined {
  for (const table of tables) {
    const [relation] = table.relations;
    const other = relation && findTable(tables, relation.table);
    if (other) return related(table, relation, other);
  }
  const summed = tables.find(({ aggregate }) => aggregate);
  if (summed) return figures(summed);
  const counted = tables.find(({ totalCount }) => totalCount);
  return counted && counts(counted);
}

function related(table: Table, relation: Relation, other: Table): string {
  const inner = fields(other.columns, relation.cardinality === 'many' ? 14 : 10, 3);
  return `# Rows of ${nameOf(table)}, each with
# its ${relation.cardinality === 'many' ? 'rows' : 'row'} of ${nameOf(other)}.
query Related {
  ${collectionOf(table)}(first: 3) {
    edges {
      node {
${fields(table.columns, 8, 3)}
        ${relation.fieldName}${
          relation.cardinality === 'many'
            ? `(first: 3) {\n          edges {\n            node {\n${inner}\n            }\n          }\n        }`
            : ` {\n${inner}\n        }`
        }
      }
    }
  }
}
`;
}

function figures(table: Table): string {
  const number = table.columns.find(isNumber);
  const ordered = table.columns.find(isTime) ?? number;
  const wanted = [
    'count',
    ...(ordered ? [`min { ${ordered.fieldName} }`, `max { ${ordered.fieldName} }`] : []),
    ...(number ? [`sum { ${number.fieldName} }`, `avg { ${number.fieldName} }`] : []),
  ];
  const aggregate = `aggregate {\n${wanted.map((line) => `      ${line}`).join('\n')}\n    }`;
  return ofAllAndOfSome(table, 'Figures', aggregate);
}

function counts(table: Table): string {
  return ofAllAndOfSome(table, 'Counts', 'totalCount');
}

/** The same aggregates of all rows and of some of them, with aliases. */
function ofAllAndOfSome(table: Table, title: 'Figures' | 'Counts', selection: string): string {
  const condition = partOf(table);
  const some = condition
    ? `\n  some: ${collectionOf(table)}(filter: { ${condition.filter} }) {\n    ${selection}\n  }`
    : '';
  return `# ${title} of ${nameOf(table)}: of all rows${condition ? `,\n# and of those ${condition.words}` : ''}.
query ${title} {
  all: ${collectionOf(table)} {
    ${selection}
  }${some}
}
`;
}

/** A subset of a table's rows, in words and as a filter; undefined if no column can be filtered. */
function partOf({ columns }: Table): { words: string; filter: string; column: Column } | undefined {
  const text = columns.find((column) => column.name === 'email' && isText(column)) ?? columns.find(isText);
  if (text) {
    return {
      words: `with an "a" or "A" in ${text.fieldName}`,
      filter: `${text.fieldName}: { ilike: "%a%" }`,
      column: text,
    };
  }
  const known =
    columns.find((column) => !column.notNull && isComparable(column)) ?? columns.find(isComparable);
  return (
    known && {
      words: `where ${known.fieldName} is not null`,
      filter: `${known.fieldName}: { is: NOT_NULL }`,
      column: known,
    }
  );
}

function oneRow(tables: readonly Table[]): readonly Example[] {
  const table = tables.find(({ key }) => key.length > 0 && key.every(({ type }) => anyValues.has(type.kind)));
  if (!table) return [];
  const keyFields = table.key.map(({ fieldName }) => fieldName);
  const placeholder = table.key
    .map(({ fieldName, type }) => `${fieldName}: ${anyValues.get(type.kind)}`)
    .join(', ');
  return [
    {
      query: `# One row of ${nameOf(table)}, by its key.
query OneRow {
  ${lowerFirst(table.typeName)}ByPk(${placeholder}) {
    nodeId
${fields(table.columns, 4, 12)}
  }
}
`,
      key: {
        query: `{ ${collectionOf(table)}(first: 1) { edges { node { ${keyFields.join(' ')} } } } }`,
        placeholder,
      },
    },
  ];
}

/** A name can contain anything, but a comment ends with its line. */
function nameOf({ schema, name }: Table): string {
  return `${schema}.${name}`.replace(/\p{C}/gu, ' ');
}

function collectionOf({ typeName }: Table): string {
  return `${lowerFirst(typeName)}Collection`;
}

function count({ totalCount }: Table): string {
  return totalCount ? '\n    totalCount' : '';
}

/** The first columns that people can read; JSON only if there are no others. */
function fields(columns: readonly Column[], indent: number, most = 6): string {
  const readable = columns.filter(({ type }) => type.kind !== 'json' && type.kind !== 'jsonb');
  return (readable.length > 0 ? readable : columns)
    .slice(0, most)
    .map(({ fieldName }) => `${' '.repeat(indent)}${fieldName}`)
    .join('\n');
}

function isText({ type }: Column): boolean {
  return ['text', 'citext', 'bpchar'].includes(type.kind);
}

function isTime({ type }: Column): boolean {
  return ['timestamp', 'timestamptz', 'date'].includes(type.kind);
}

function isNumber({ type }: Column): boolean {
  return ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric'].includes(type.kind);
}

/** Whether the column can be filtered and ordered. */
function isComparable({ type }: Column): boolean {
  return !['array', 'json', 'jsonb', 'opaque'].includes(type.kind);
}

/** Placeholders for keys of these types, in JSON. */
const anyValues: ReadonlyMap<string, string> = new Map([
  ['text', '"…"'],
  ['citext', '"…"'],
  ['bpchar', '"…"'],
  ['uuid', '"00000000-0000-0000-0000-000000000000"'],
  ['int2', '0'],
  ['int4', '0'],
  ['int8', '"0"'],
  ['numeric', '"0"'],
  ['date', '"2024-01-01"'],
  ['timestamp', '"2024-01-01T00:00:00"'],
  ['timestamptz', '"2024-01-01T00:00:00Z"'],
]);
