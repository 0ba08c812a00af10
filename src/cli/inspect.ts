import { openCatalog } from '../catalog/open-catalog.ts';
import { describeCatalog } from '../gateway/catalog-reading.ts';
import { nameOfType } from '../model/column-type.ts';
import type { SkippedStatements } from '../model/definition.ts';
import type { Model, Problem, Table } from '../model/model.ts';
import { catalogLocation } from './flags/catalog-location.ts';
import type { InspectFlags } from './flags/flags.ts';

/** Prints the model and its problems; with `--strict`, fails if there are any. */
export async function inspect(flags: InspectFlags): Promise<void> {
  const catalog = await openCatalog(await catalogLocation(flags));
  try {
    const { definition, model } = await describeCatalog(catalog, flags);
    const { skipped } = definition;
    if (flags.strict && model.problems.length > 0) process.exitCode = 1;
    process.stdout.write(
      flags.json
        ? `${JSON.stringify({ ...toJson(model), skipped }, null, 2)}\n`
        : toText(model) + describeSkipped(skipped),
    );
  } finally {
    await catalog.close();
  }
}

function toJson(model: Model) {
  return {
    ...model,
    tables: model.tables.map((table) => ({
      ...table,
      key: table.key.map((column) => column.name),
      policies: table.policies && Object.fromEntries(table.policies),
    })),
  };
}

function toText({ tables, problems }: Model): string {
  const lines = tables.length ? tables.flatMap(describeTable) : ['No foreign table is exposed.'];
  return `${[...lines, '', ...describeProblems(problems)].join('\n')}\n`;
}

function describeTable(table: Table): string[] {
  const width = Math.max(...table.columns.map((column) => column.fieldName.length));
  return [
    `${table.schema}.${table.name} → ${table.typeName} (${table.base ? `view of ${table.base.schema}.${table.base.name}, ` : ''}object ${table.object} of server ${table.server})`,
    ...table.columns.map((column) => {
      const { origin, type } = column;
      const from =
        origin.kind === 'field'
          ? origin.field
          : origin.kind === 'attribute'
            ? `attribute ${origin.attribute}`
            : 'all attributes';
      const key = table.key.some((part) => part.name === column.name) ? ', key' : '';
      return `  ${column.fieldName.padEnd(width)}  ${nameOfType(type)} ← ${from}${key}`;
    }),
  ];
}

function describeProblems(problems: readonly Problem[]): string[] {
  if (problems.length === 0) return ['No problems.'];
  return problems.flatMap(({ object, reason, hint }) => [`! ${object}: ${reason}`, `  → ${hint}`]);
}

function describeSkipped(skipped: SkippedStatements | undefined): string {
  if (!skipped?.total) return '';
  const { total, statements } = skipped;
  const lines = statements.map(
    ({ file, line, statement, reason }) => `  ${file}:${line}: ${statement}: ${reason}`,
  );
  const more = total - statements.length;
  if (more > 0) lines.push(`  and ${more} more`);
  return `\nSkipped, since the catalog does not depend on ${total === 1 ? 'it' : 'them'}:\n${lines.join('\n')}\n`;
}
