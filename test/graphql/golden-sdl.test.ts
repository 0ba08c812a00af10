import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { printSchema, validateSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { describeCatalog } from '../../src/gateway/catalog-reading.ts';
import { RoleSchemas } from '../../src/graphql/role-schemas.ts';
import { createDatabase } from '../support/database.ts';

const folder = new URL('../golden/', import.meta.url);
const names = readdirSync(folder).flatMap((file) =>
  file.endsWith('.sql') ? [file.slice(0, -'.sql'.length)] : [],
);

describe('the schema generated from a catalog, and its problems', () => {
  test.each(names)('%s', async (name) => {
    const database = await createDatabase(await readFile(new URL(`${name}.sql`, folder), 'utf8'));
    const catalog = await openCatalog({ databaseUrl: database.url });
    const { definition, model } = await describeCatalog(catalog, {});
    const { schema } = new RoleSchemas(model, definition.roles, { federation: false }).of(
      definition.loginRole,
    );
    await catalog.close();
    await database.drop();
    expect(validateSchema(schema)).toEqual([]);
    const problems = model.problems.map(
      ({ object, reason, hint }) => `# ! ${object}: ${reason}\n#   → ${hint}\n`,
    );
    await expect(`${problems.join('')}${printSchema(schema)}\n`).toMatchFileSnapshot(
      new URL(`${name}.graphql`, folder).pathname,
    );
  });
});
