import type { ColumnType } from '../../src/model/column-type.ts';
import type { Column, Origin, Table } from '../../src/model/model.ts';
import { CursorSeal } from '../../src/rows/page/cursor-seal.ts';
import { TableView } from '../../src/rows/store/view.ts';
import { SnapshotBuilder } from '../../src/snapshot/builder.ts';
import type { ScalarKind } from '../../src/values/type/sql-type.ts';

/** A user: the username, and attributes by name. */
export type ExampleUser = readonly [username: string, attributes?: Readonly<Record<string, string | null>>];

/** A column of the username, of all attributes, or of the attribute of its name. */
export function userColumn(name: string, kind: ScalarKind = 'text', array = false): Column {
  const type: ColumnType = array ? { kind: 'array', element: { kind } } : { kind };
  return { name, fieldName: name, description: undefined, type, notNull: false, origin: originOf(name) };
}

function originOf(name: string): Origin {
  if (name === 'username' || name === 'created_at') return { kind: 'field', field: name };
  return name === 'attributes' ? { kind: 'attributes' } : { kind: 'attribute', attribute: name };
}

/** The table `cognito.users` with some columns. */
export function usersTable(columns: readonly Column[], key: readonly Column[] = []): Table {
  return {
    schema: 'cognito',
    name: 'users',
    typeName: 'users',
    description: undefined,
    server: 'cognito',
    object: 'users',
    columns,
    key,
    totalCount: true,
    aggregate: false,
    maxRows: 30,
    scanAs: undefined,
    countRows: false,
    freshness: { maxAgeMs: undefined, staleWhileRevalidateMs: undefined, refreshMs: undefined },
    relations: [],
    policies: undefined,
  };
}

/** Users as a snapshot has them, in a table. Every one was created at the same time. */
export async function viewUsers(users: readonly ExampleUser[], table: Table): Promise<TableView> {
  const builder = new SnapshotBuilder({
    fields: [
      { name: 'username', type: 'text' },
      { name: 'created_at', type: 'timestamp' },
    ],
    needs: 'all',
  });
  const createdAt = Date.UTC(2024, 1, 29, 12, 0, 0, 120);
  builder.add(
    users.map(([username, attributes = {}]) => ({
      fields: [username, createdAt],
      attributes: Object.entries(attributes),
    })),
  );
  const facts = { startedAt: 0, pages: 0, requests: 0, throttles: 0, durationMs: 0 };
  return new TableView(await builder.finish(facts), table, new CursorSeal());
}
