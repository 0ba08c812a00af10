import type { CatalogDefinition, ServerDefinition } from '../model/definition.ts';
import type { Model } from '../model/model.ts';
import { quoteIdentifier } from '../model/statement.ts';
import type { Finding } from '../source/finding.ts';
import { counted } from '../wording.ts';

/** What the catalog exposes, and what stands in the way of the rest. */
export function checkCatalog({ tables, servers }: CatalogDefinition, model: Model): readonly Finding[] {
  const exposed = model.tables.length;
  const summary = `${exposed} of ${tables.length} foreign tables are exposed, on ${counted(servers.length, 'server')}`;
  return [
    exposed > 0
      ? { check: 'tables', status: 'ok', detail: summary }
      : {
          check: 'tables',
          status: 'fail',
          detail: tables.length === 0 ? 'there is no foreign table' : summary,
        },
    ...model.problems.map(
      ({ object, reason, hint }): Finding => ({ check: object, status: 'warn', detail: reason, fix: hint }),
    ),
  ];
}

/** Secrets that everyone who can read the catalog can read. */
export function checkPlaintextSecrets(servers: readonly ServerDefinition[]): readonly Finding[] {
  return servers
    .filter(({ options }) => options.has('aws_secret_access_key'))
    .map(({ name }) => ({
      check: 'secret',
      status: 'warn',
      detail: `the secret key of server ${name} is in the catalog in plain text; keep it in Vault`,
      fix: `select vault.create_secret('THE SECRET KEY', ${literal(`${name}_secret`)});
alter server ${quoteIdentifier(name)} options (drop aws_secret_access_key, add api_key_id ${literal(`${name}_secret`)});`,
    }));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
