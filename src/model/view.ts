import { unclearColumns } from './column.ts';
import type {
  CatalogDefinition,
  ColumnDefinition,
  ForeignTableDefinition,
  ViewBase,
  ViewDefinition,
} from './definition.ts';
import type { Dialect } from './dialect.ts';
import type { Problem } from './model.ts';
import type { Built } from './result.ts';
import { buildTable, type SchemaSettings, type TableDraft } from './table.ts';

/** The foreign table behind a view. */
export interface ShownTable {
  readonly definition: ForeignTableDefinition;
  readonly table: TableDraft['table'];
  readonly dialect: Dialect;
}

/** Builds the table of a view that selects columns of a foreign table: the same object under other names. */
export function buildView(
  view: ViewDefinition,
  base: ViewBase,
  shown: ShownTable,
  settings: SchemaSettings,
  catalog: Pick<CatalogDefinition, 'loginRole' | 'roles'>,
): Built<TableDraft | undefined> {
  const baseNames = new Map(view.columns.map(({ name }, i) => [name, base.columns[i]]));
  const columns: ColumnDefinition[] = [];
  const problems: Problem[] = [];
  for (const column of view.columns) {
    const from = shown.table.columns.find(({ name }) => name === baseNames.get(column.name));
    if (from) columns.push({ ...column, notNull: from.notNull });
    else {
      problems.push({
        object: `${view.schema}.${view.name}.${column.name}`,
        reason: `it shows the column ${baseNames.get(column.name)} of ${base.schema}.${base.name}, which is not exposed`,
        hint: 'correct that column, as its own problem says',
      });
    }
  }
  const { schema, name, comment } = view;
  const definition = { schema, name, comment, columns, server: shown.table.server, options: new Map() };
  // Columns that are not exposed have comments, too.
  const unclear = [...settings.unclear, ...unclearColumns(view.columns)];
  const draft = buildTable(definition, dialectOf(shown, baseNames), { ...settings, unclear }, catalog, {
    schema: base.schema,
    name: base.name,
  });
  return { value: draft.value, problems: [...problems, ...draft.problems] };
}

/** A view has the dialect of its table, because Postgres reads the table, not the view. */
function dialectOf(
  { definition, table, dialect }: ShownTable,
  baseNames: ReadonlyMap<string, string | undefined>,
): Dialect {
  const viewNames = table.key.map(
    (part) => [...baseNames].find(([, baseName]) => baseName === part.name)?.[0],
  );
  const keyNames = viewNames.filter((name) => name !== undefined);
  return {
    ...dialect,
    readBy: 'gateway',
    objectOf: () => dialect.objectOf(definition),
    originOf(column) {
      const shown = definition.columns.find(({ name }) => name === baseNames.get(column.name));
      return dialect.originOf(shown ? { ...shown, type: column.type } : column, definition);
    },
    defaultKeys: keyNames.length > 0 && keyNames.length === table.key.length ? [keyNames] : [],
  };
}
