import { isFilterable, isOrderable } from './column-type.ts';
import type { Dialect } from './dialect.ts';
import type { Column } from './model.ts';
import { type Built, built } from './result.ts';
import { nearestSpelling } from './spelling.ts';

/**
 * The key's columns: those that the directive names, or the first of the dialect's default keys that the table has.
 *
 * @param path the table's path, for problems
 */
export function chooseKey(
  path: string,
  columns: readonly Column[],
  named: readonly string[] | undefined,
  dialect: Dialect,
): Built<readonly Column[]> {
  const fromDirective = named ? keyFromDirective(path, columns, named) : built(undefined);
  const key = fromDirective.value ?? defaultKey(columns, dialect);
  return built(
    key.map((column) => ({ ...column, notNull: column.notNull || dialect.isAlwaysPresent(column.origin) })),
    ...fromDirective.problems,
  );
}

function keyFromDirective(
  path: string,
  columns: readonly Column[],
  names: readonly string[],
): Built<readonly Column[] | undefined> {
  const wrong = (reason: string, hint: string) =>
    built(undefined, { object: path, reason: `primary_key_columns ${reason}`, hint });
  if (new Set(names).size < names.length) return wrong('name a column twice', 'name each column once');
  const key: Column[] = [];
  for (const name of names) {
    const column = columns.find((candidate) => candidate.name === name);
    if (!column) {
      const meant = nearestSpelling(
        name,
        columns.map((candidate) => candidate.name),
      );
      return wrong(
        `name ${JSON.stringify(name)}, which is not an exposed column of the table`,
        meant === undefined ? 'name columns that are exposed' : `did you mean "${meant}"?`,
      );
    }
    if (!isFilterable(column.type)) {
      return wrong(`name ${name}, whose type cannot be part of a key`, 'leave it out of the key');
    }
    key.push(column);
  }
  return built(key);
}

function defaultKey(columns: readonly Column[], { defaultKeys }: Dialect): readonly Column[] {
  for (const names of defaultKeys) {
    const key = names.flatMap((name) =>
      columns.filter((column) => column.name === name && isOrderable(column.type)),
    );
    if (key.length === names.length) return key;
  }
  return [];
}
