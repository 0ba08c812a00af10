import type { PGlite } from '@electric-sql/pglite';
import type { Node } from 'libpg-query';
import { qualifiedName, quoteIdentifier } from '../../model/statement.ts';
import {
  cognitoImport,
  handlerFunction,
  hostedRolesIn,
  standInType,
  typesOfExtensions,
  validatorFunction,
  vault,
  wrapperOfExtension,
  wrappersFunctions,
} from './stand-ins.ts';
import { clause, rolesNamedBy } from './statement.ts';
import { sqlState, Unneeded } from './statement-failure.ts';

/** The creation of an extension in a block of code, with its name and schema. */
const createsExtension =
  /\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)"?(?:\s+(?:with\s+)?schema\s+"?(\w+)"?)?/gi;

/** Creates what scripts rely on and an embedded database lacks: roles, schemas, extensions, handlers, Vault. */
export class Prerequisites {
  readonly #database: PGlite;

  constructor(database: PGlite) {
    this.#database = database;
  }

  /** Creates what the statement relies on. */
  async makeFor(node: Node): Promise<void> {
    for (const role of rolesNamedBy(node)) await this.ensureRole(role);
    if ('CreateFdwStmt' in node || 'AlterFdwStmt' in node) {
      const { func_options } = 'CreateFdwStmt' in node ? node.CreateFdwStmt : node.AlterFdwStmt;
      await this.#ensureFunction(clause(func_options, 'handler'), '()', handlerFunction);
      await this.#ensureFunction(clause(func_options, 'validator'), '(text[], oid)', validatorFunction);
    }
  }

  /**
   * Creates an extension. For one that the embedded Postgres does not have, only its name is noted, and the handlers or the
   * foreign-data wrapper that it would bring are made.
   */
  async createExtension(name: string, schema: string | undefined): Promise<void> {
    if (schema !== undefined) await this.#ensureSchema(schema);
    const { rows } = await this.#database.query('select from pg_available_extensions where name = $1', [
      name,
    ]);
    if (rows.length > 0) {
      const where = schema === undefined ? '' : ` with schema ${quoteIdentifier(schema)}`;
      await this.#database.exec(`create extension if not exists ${quoteIdentifier(name)}${where} cascade`);
      return;
    }
    if (!(await this.#noteExtension(name, schema ?? 'public'))) return;
    for (const type of typesOf(name)) await this.#database.exec(standInType(schema ?? 'public', type));
    if (name === 'supabase_vault' || name === 'vault') await this.#database.exec(vault);
    if (name === 'wrappers') await this.#database.exec(wrappersFunctions(schema ?? 'public'));
    const wrapper = wrapperOfExtension(name);
    if (wrapper === undefined) return;
    const known = await this.#database.query('select from pg_foreign_data_wrapper where fdwname = $1', [
      wrapper,
    ]);
    if (known.rows.length > 0) return;
    const handler = qualifiedName({ schema: schema ?? 'public', name: `${wrapper}_handler` });
    await this.#database.exec(handlerFunction(handler));
    await this.#database.exec(`create foreign data wrapper ${quoteIdentifier(wrapper)} handler ${handler}`);
  }

  /**
   * Lets scripts find the extension in the system catalog, and comment on it or drop it. Returns whether it was not there
   * yet.
   */
  async #noteExtension(name: string, schema: string): Promise<boolean> {
    const { affectedRows } = await this.#database.query(
      `insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
       select pg_nextoid('pg_extension', 'oid', 'pg_extension_oid_index'), $1::text, 'postgres'::regrole, n.oid, false, '0'
       from pg_namespace n
       where n.nspname = $2 and not exists (select from pg_extension where extname = $1)`,
      [name, schema],
    );
    return affectedRows === 1;
  }

  /** Makes the table that the Cognito FDW's `import foreign schema` makes. */
  async importForeignSchema(
    statement: Extract<Node, { ImportForeignSchemaStmt: unknown }>['ImportForeignSchemaStmt'],
  ): Promise<void> {
    const { server_name = '', local_schema = '', list_type, table_list = [] } = statement;
    const { rows } = await this.#database.query(
      `select from pg_foreign_server s join pg_foreign_data_wrapper w on w.oid = s.srvfdw
       left join pg_proc p on p.oid = w.fdwhandler
       where s.srvname = $1 and (p.proname = 'cognito_fdw_handler' or w.fdwname = 'cognito_wrapper'
         or 'source=cognito' = any (w.fdwoptions))`,
      [server_name],
    );
    if (rows.length === 0) {
      throw new Unneeded(
        `server ${quoteIdentifier(server_name)} is not a Cognito server, so what it would import is not known`,
      );
    }
    const listed = table_list.some(
      (table) => 'RangeVar' in table && table.RangeVar.relname === cognitoImport.table,
    );
    if (list_type === 'FDW_IMPORT_SCHEMA_LIMIT_TO' ? !listed : listed) return;
    await this.#database.exec(
      `create foreign table ${qualifiedName({ schema: local_schema, name: cognitoImport.table })} (${cognitoImport.columns})
       server ${quoteIdentifier(server_name)} options (${cognitoImport.options})`,
    );
  }

  /**
   * Makes what a statement that failed may have lacked.
   *
   * @param code the SQLSTATE with which it failed
   * @returns whether anything was made, so that it is worth running again
   */
  async supply(code: string | undefined, sql: string): Promise<boolean> {
    if (
      (code === sqlState.undefinedSchema ||
        code === sqlState.undefinedTable ||
        code === sqlState.undefinedFunction) &&
      /\bvault\b/.test(sql)
    ) {
      const { rows } = await this.#database.query(`select to_regclass('vault.decrypted_secrets') as view`);
      const missing = JSON.stringify(rows) === '[{"view":null}]';
      if (missing) await this.#database.exec(vault);
      return missing;
    }
    let supplied = false;
    if (code === sqlState.featureNotSupported) {
      for (const [, name = '', schema] of sql.matchAll(createsExtension)) {
        await this.createExtension(name, schema);
        supplied = true;
      }
    }
    if (code === sqlState.undefinedFunction) {
      for (const [name, kind] of sql.matchAll(/\b\w+_fdw_(handler|validator)\b/g)) {
        supplied = (await this.#supplyFunction(name, kind === 'handler')) || supplied;
      }
    }
    // If the schema of a type is missing, the error names only the schema.
    if (code !== sqlState.undefinedObject && code !== sqlState.undefinedSchema) return supplied;
    for (const [extension, types] of typesOfExtensions) {
      if (!types.some((type) => sql.includes(type))) continue;
      await this.createExtension(extension, 'extensions');
      supplied = true;
    }
    for (const role of hostedRolesIn(sql)) supplied = (await this.ensureRole(role)) || supplied;
    return supplied;
  }

  /** Makes a handler or validator that a `do` block names. Returns whether it was missing. */
  async #supplyFunction(name: string, isHandler: boolean): Promise<boolean> {
    return isHandler
      ? this.#ensureFunction([name], '()', handlerFunction)
      : this.#ensureFunction([name], '(text[], oid)', validatorFunction);
  }

  /** Creates a role if it is missing; returns whether it was. */
  async ensureRole(name: string): Promise<boolean> {
    const { rows } = await this.#database.query('select from pg_roles where rolname = $1', [name]);
    if (rows.length > 0) return false;
    await this.#database.exec(`create role ${quoteIdentifier(name)}`);
    return true;
  }

  async #ensureSchema(name: string): Promise<void> {
    await this.#database.exec(`create schema if not exists ${quoteIdentifier(name)}`);
  }

  async #ensureFunction(
    path: readonly string[] | undefined,
    signature: string,
    create: (name: string) => string,
  ): Promise<boolean> {
    if (!path || path.length === 0) return false;
    const name = path.map(quoteIdentifier).join('.');
    const { rows } = await this.#database.query<{ found: string | null }>(
      'select to_regprocedure($1)::text as found',
      [`${name}${signature}`],
    );
    if (rows[0]?.found) return false;
    const [schema, ...rest] = path;
    if (schema !== undefined && rest.length > 0) await this.#ensureSchema(schema);
    await this.#database.exec(create(name));
    return true;
  }
}

function typesOf(extension: string): readonly string[] {
  return typesOfExtensions.find(([name]) => name === extension)?.[1] ?? [];
}
