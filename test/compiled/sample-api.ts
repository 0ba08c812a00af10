import { RequestScope } from '../../src/graphql/request-scope.ts';
import { type RoleSchema, RoleSchemas } from '../../src/graphql/role-schemas.ts';
import type { RoleGrants } from '../../src/model/definition.ts';
import { findTable, type Model, type Relation, type Table } from '../../src/model/model.ts';
import { visibilityOf } from '../../src/plan/policy.ts';
import { CursorSeal } from '../../src/rows/page/cursor-seal.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { sampleColumns, sampleTable } from '../rows/sample-table.ts';

const attributes = {
  ...sampleColumns[0],
  name: 'attributes',
  fieldName: 'attributes',
  description: undefined,
  notNull: false,
  type: { kind: 'jsonb' },
  origin: { kind: 'attributes' },
} as const;

function relation(fieldName: string, table: string, column: string, other: string): Relation {
  const cardinality = other === 'username' ? 'one' : 'many';
  return {
    fieldName,
    table: { schema: 'public', name: table },
    columns: [column],
    otherColumns: [other],
    cardinality,
  };
}

export const people: Table = {
  ...sampleTable(true),
  columns: [...sampleColumns, attributes],
  name: 'people',
  typeName: 'Person',
  maxRows: 8,
  relations: [relation('namesake', 'people', 'name', 'username'), relation('badges', 'badges', 'tag', 'tag')],
};

/** Its key has two columns, and a policy hides some of its rows from one role, and all of them from another. */
export const badges: Table = {
  ...sampleTable(true),
  name: 'badges',
  typeName: 'Badge',
  maxRows: 5,
  key: sampleColumns.filter(({ name }) => name === 'username' || name === 'age'),
  relations: [
    relation('person', 'people', 'username', 'username'),
    relation('people', 'people', 'tag', 'tag'),
  ],
  policies: new Map([
    ['login', { filter: {} }],
    ['reader', { tag: { eq: { claim: 'tag' } } }],
  ]),
};

const notes: Table = { ...sampleTable(false), name: 'notes', typeName: 'Note', maxRows: 6 };

const model: Model = { tables: [people, badges, notes], problems: [], introspection: true };

/** The roles of the sample: one sees all, one not all columns and rows, one no row of some tables. */
export const sampleRoles = ['login', 'reader', 'stranger'] as const;
export type SampleRole = (typeof sampleRoles)[number];

const grants: readonly RoleGrants[] = sampleRoles.map((role) => ({
  role,
  readable: new Map([
    [
      'public',
      new Map(
        model.tables.map(({ name, columns }) => [
          name,
          new Set(
            columns.map((column) => column.name).filter((column) => role !== 'reader' || column !== 'name'),
          ),
        ]),
      ),
    ],
  ]),
}));

const schemas = {
  plain: new RoleSchemas(model, grants, { federation: false }),
  federated: new RoleSchemas(model, grants, { federation: true }),
};

/** The schema of a role, of a subgraph or not. */
export function sampleSchema(role: SampleRole, federation: boolean): RoleSchema {
  return schemas[federation ? 'federated' : 'plain'].of(role);
}

const seal = new CursorSeal('sample');

/** A request of a role to a snapshot. */
export function sampleScope(role: SampleRole, snapshot: Snapshot): RequestScope {
  const read = { snapshot, state: 'fresh', ageMs: 0, maxAgeMs: 60_000, release: () => undefined } as const;
  return new RequestScope(
    {
      tryRead: () => undefined,
      read: async () => read,
      seal,
      visibilityOf: (table) => visibilityOf(findTable(model.tables, table) ?? table, role, { tag: 'a' }),
    },
    { signal: new AbortController().signal },
  );
}
