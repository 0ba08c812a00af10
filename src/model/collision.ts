import { namesOfTable, reservedTypeNames, scalarInputNames } from './generated-names.ts';
import type { Table } from './model.ts';
import { all, type Built, built, existing } from './result.ts';
import { commentOn } from './statement.ts';
import type { TableDraft } from './table.ts';

/** The owners of the names in a GraphQL schema. */
export class ClaimedNames {
  readonly #owners = new Map<string, string>(reservedTypeNames.map((name) => [name, 'the gateway itself']));

  /** Gives all of the names to an owner. If one is taken, none is given, and that name is returned with its owner. */
  claim(
    names: readonly string[],
    owner: string,
  ): { readonly name: string; readonly owner: string } | undefined {
    for (const name of names) {
      const other = this.#owners.get(name);
      if (other !== undefined) return { name, owner: other };
    }
    for (const name of names) this.#owners.set(name, owner);
    return undefined;
  }
}

/** Claims all names that a table adds to a schema; if one is taken, returns it. */
export function claimNames(names: ClaimedNames, table: Omit<Table, 'relations'>, federation: boolean) {
  const { results, collectionField, byPkField, ...types } = namesOfTable(table);
  return names.claim(
    [
      ...Object.values(types),
      ...Object.values(results),
      // Fields of `Query` do not collide with types.
      `Query.${collectionField}`,
      `Query.${byPkField}`,
      // In a subgraph, tables do not share these types, because another subgraph may have types of the same names.
      ...(federation ? scalarInputNames(table.typeName) : []),
    ],
    `${table.schema}.${table.name}`,
  );
}

/** The tables whose names do not collide. Of two rivals, the earlier one wins. */
export function withoutCollisions(
  drafts: readonly TableDraft[],
  federation: boolean,
): Built<readonly TableDraft[]> {
  const names = new ClaimedNames();
  return existing(
    all(
      drafts.map((draft): Built<TableDraft | undefined> => {
        const taken = claimNames(names, draft.table, federation);
        if (!taken) return built(draft);
        const { schema, name, base } = draft.table;
        return built(undefined, {
          object: `${schema}.${name}`,
          reason: `its GraphQL name ${taken.name} is already taken by ${taken.owner}`,
          hint: `name it with: ${commentOn(base ? 'view' : 'foreign table', [schema, name], { name: '…' })}`,
        });
      }),
    ),
  );
}
