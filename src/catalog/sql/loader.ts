import type { PGlite } from '@electric-sql/pglite';
import type { Node } from 'libpg-query';
import { qualifiedName, quoteIdentifier } from '../../model/statement.ts';
import { PsqlReader } from './psql-reader.ts';
import {
  cognitoImport,
  handlerFunction,
  hostedRolesIn,
  validatorFunction,
  vault,
  wrapperOfExtension,
} from './stand-ins.ts';
import {
  alwaysCounts,
  changesRows,
  clause,
  parseStatement,
  readsRowsFromScript,
  relationsOf,
  rolesNamedBy,
  type Statement,
  summaryOf,
} from './statement.ts';

/** A script and the name to report it by. */
export interface SqlScript {
  readonly name: string;
  readonly text: string;
}

/** A statement that was not run, or failed. */
export interface StatementReport {
  readonly file: string;
  readonly line: number;
  /** How the statement begins; it holds no values. */
  readonly statement: string;
  readonly reason: string;
}

/** What became of the statements of some scripts. */
export interface LoadReport {
  /** Statements without which the catalog would not be what the scripts say. */
  readonly failed: readonly StatementReport[];
  /** Statements that are nothing to a catalog and were left out or failed, the first of them. */
  readonly skipped: readonly StatementReport[];
  readonly skippedTotal: number;
}

/** How many skipped statements are told one by one. */
const listedAtMost = 1_000;

/** Where names are looked up, as in a Supabase database. */
const searchPath = 'set search_path = "$user", public, extensions';

/** SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const sqlState = {
  duplicateSchema: '42P06',
  duplicateObject: '42710',
  undefinedSchema: '3F000',
  undefinedTable: '42P01',
  undefinedFunction: '42883',
  undefinedObject: '42704',
} as const;

/** The embedded Postgres' superuser. Its `reset session authorization` would reset nothing. */
const ownSession = 'set session authorization postgres';

/** Extensions whose types columns of foreign tables may have. */
const extensionsOfTypes = ['citext', 'hstore', 'ltree'];

/** A statement that the catalog is not worse without. */
class Unneeded extends Error {}

const savepoint = 'fdw_graphql_statement';

/**
 * Runs scripts in a database for the sake of its catalog. Each statement fails alone, and nothing that a script sets
 * for its session outlives it.
 */
export class ScriptLoader {
  readonly #database: PGlite;
  /** Is told what runs next, should it never end. */
  readonly #onStatement: (file: string, line: number) => void;
  readonly #failed: StatementReport[] = [];
  readonly #skipped: StatementReport[] = [];
  #skippedTotal = 0;
  #inTransaction = false;
  /** Roles that a script acts as, and whether they may do everything by themselves. */
  readonly #actors = new Map<string, boolean>();

  constructor(database: PGlite, onStatement: (file: string, line: number) => void) {
    this.#database = database;
    this.#onStatement = onStatement;
  }

  async load({ name, text }: SqlScript): Promise<void> {
    await this.#database.exec(searchPath);
    const reader = new PsqlReader(text);
    for (let piece = reader.next(); piece; piece = reader.next()) {
      const place = { file: name, line: piece.line };
      if (piece.kind === 'command') {
        const command = piece.text.split(/\s/, 1)[0] ?? '';
        // These guard the output of pg_dump, and mean nothing outside psql.
        if (command === '\\restrict' || command === '\\unrestrict') continue;
        this.#skip({ ...place, statement: command, reason: "it is one of psql's own commands" });
        continue;
      }
      const statement = parseStatement(piece.sql);
      if (readsRowsFromScript(statement.node)) reader.skipCopyData();
      const failure =
        piece.kind === 'undo'
          ? new Unneeded('it is of the part that undoes a migration')
          : await this.#run(statement, () => this.#onStatement(name, piece.line));
      if (failure === undefined) continue;
      const report = { ...place, statement: summaryOf(statement), reason: describe(failure) };
      if (!(failure instanceof Unneeded) && (await this.#counts(statement))) this.#failed.push(report);
      else this.#skip(report);
    }
    await this.#endSession();
  }

  report(): LoadReport {
    return { failed: this.#failed, skipped: this.#skipped, skippedTotal: this.#skippedTotal };
  }

  /** Runs a statement, and returns why it was not or failed. */
  async #run(statement: Statement, announce: () => void): Promise<unknown> {
    const { node, sql } = statement;
    if (!node) return new Error(statement.syntaxError);
    if (changesRows(node)) return new Unneeded('rows of ordinary tables are not loaded');
    if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'client_encoding') return undefined;
    announce();
    try {
      await this.#attempt(async () => {
        await this.#prepare(node);
        await this.#execute(node, sql);
      }, sql);
      return undefined;
    } catch (error) {
      return isAlreadyThere(node, error) ? undefined : error;
    }
  }

  /** Tries once more where something was missing that can be stood in for. */
  async #attempt(action: () => Promise<void>, sql: string): Promise<void> {
    try {
      await this.#alone(action);
    } catch (error) {
      if (!(await this.#supply(codeOf(error), sql))) throw error;
      await this.#alone(action);
    }
  }

  /** What fails inside a transaction must not take the rest of it along. */
  async #alone(action: () => Promise<void>): Promise<void> {
    if (!this.#inTransaction) return action();
    await this.#database.exec(`savepoint ${savepoint}`);
    try {
      await action();
    } catch (error) {
      if (this.#inTransaction) await this.#database.exec(`rollback to savepoint ${savepoint}`);
      throw error;
    }
  }

  /** Makes what the statement takes for granted. */
  async #prepare(node: Node): Promise<void> {
    for (const role of rolesNamedBy(node)) await this.#ensureRole(role);
    if ('CreateFdwStmt' in node || 'AlterFdwStmt' in node) {
      const { func_options } = 'CreateFdwStmt' in node ? node.CreateFdwStmt : node.AlterFdwStmt;
      await this.#ensureFunction(clause(func_options, 'handler'), '()', handlerFunction);
      await this.#ensureFunction(clause(func_options, 'validator'), '(text[], oid)', validatorFunction);
    }
    if ('VariableSetStmt' in node && /^(role|session_authorization)$/.test(node.VariableSetStmt.name ?? '')) {
      const [argument] = node.VariableSetStmt.args ?? [];
      const name = argument && 'A_Const' in argument ? argument.A_Const.sval?.sval : undefined;
      if (name !== undefined && name !== 'none') await this.#letAct(name);
    }
  }

  async #execute(node: Node, sql: string): Promise<void> {
    if ('CreateExtensionStmt' in node) {
      const { extname = '', options } = node.CreateExtensionStmt;
      return this.#createExtension(extname, clause(options, 'schema')?.[0]);
    }
    if ('ImportForeignSchemaStmt' in node) return this.#importForeignSchema(node.ImportForeignSchemaStmt);
    if ('TransactionStmt' in node) return this.#executeTransaction(node.TransactionStmt.kind ?? '', sql);
    const resetsSession =
      'VariableSetStmt' in node &&
      node.VariableSetStmt.name === 'session_authorization' &&
      !node.VariableSetStmt.args;
    await this.#database.exec(resetsSession ? ownSession : sql);
    // A function may have set it too, and every message after it would be unreadable.
    if ('SelectStmt' in node || 'DoStmt' in node || 'CallStmt' in node) {
      await this.#database.exec("set client_encoding = 'UTF8'");
    }
  }

  async #executeTransaction(kind: string, sql: string): Promise<void> {
    if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK') this.#inTransaction = false;
    await this.#database.exec(sql);
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') this.#inTransaction = true;
  }

  /** What is not there stands in by its name alone, and by the wrapper that it would bring. */
  async #createExtension(name: string, schema: string | undefined): Promise<void> {
    if (schema !== undefined) await this.#ensureSchema(schema);
    const { rows } = await this.#database.query('select from pg_available_extensions where name = $1', [
      name,
    ]);
    if (rows.length > 0) {
      const where = schema === undefined ? '' : ` with schema ${quoteIdentifier(schema)}`;
      await this.#database.exec(`create extension if not exists ${quoteIdentifier(name)}${where} cascade`);
      return;
    }
    if (name === 'supabase_vault' || name === 'vault') await this.#database.exec(vault);
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

  /** Makes the table that the Cognito FDW's own import makes. */
  async #importForeignSchema(
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
        `server ${quoteIdentifier(server_name)} is not one of Cognito, so what it would import is not known`,
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

  /** Whether anything was made that the statement may have lacked. */
  async #supply(code: string | undefined, sql: string): Promise<boolean> {
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
    if (code === sqlState.undefinedFunction) {
      for (const [name, kind] of sql.matchAll(/\b\w+_fdw_(handler|validator)\b/g)) {
        supplied = (await this.#supplyFunction(name, kind === 'handler')) || supplied;
      }
    }
    // Where the schema of a type is missing, that is all that is said of the type.
    if (code !== sqlState.undefinedObject && code !== sqlState.undefinedSchema) return supplied;
    for (const extension of extensionsOfTypes.filter((name) => sql.includes(name))) {
      await this.#createExtension(extension, 'extensions');
      supplied = true;
    }
    for (const role of hostedRolesIn(sql)) supplied = (await this.#ensureRole(role)) || supplied;
    return supplied;
  }

  /** Makes what a block of code names where nothing can be prepared for it. Returns whether it was missing. */
  async #supplyFunction(name: string, isHandler: boolean): Promise<boolean> {
    return isHandler
      ? this.#ensureFunction([name], '()', handlerFunction)
      : this.#ensureFunction([name], '(text[], oid)', validatorFunction);
  }

  /** Whether it had to be made. */
  async #ensureRole(name: string): Promise<boolean> {
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

  /** A role that the script acts as may do everything meanwhile, so that what it makes is made, and is its own. */
  async #letAct(name: string): Promise<void> {
    if (this.#actors.has(name)) return;
    await this.#ensureRole(name);
    const { rows } = await this.#database.query<{ rolsuper: boolean }>(
      'select rolsuper from pg_roles where rolname = $1',
      [name],
    );
    this.#actors.set(name, rows[0]?.rolsuper ?? false);
    await this.#database.exec(`alter role ${quoteIdentifier(name)} superuser`);
  }

  async #endSession(): Promise<void> {
    if (this.#inTransaction) await this.#database.exec('rollback');
    this.#inTransaction = false;
    await this.#database.exec(`${ownSession}; reset role; reset all`);
    for (const [name, superuser] of this.#actors) {
      if (!superuser)
        await this.#database.exec(`alter role ${quoteIdentifier(name)} nosuperuser`).catch(ignoreDropped);
    }
    this.#actors.clear();
  }

  /** Whether a statement that failed takes from the catalog: by its kind, or by the foreign tables that it names. */
  async #counts(statement: Statement): Promise<boolean> {
    if (alwaysCounts(statement)) return true;
    if (!statement.node || changesRows(statement.node)) return false;
    for (const { schema, name } of relationsOf(statement.node)) {
      const path =
        schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
      const { rows } = await this.#database.query(
        `select from pg_class where oid = to_regclass($1) and relkind = 'f'`,
        [path],
      );
      if (rows.length > 0) return true;
    }
    return false;
  }

  #skip(report: StatementReport): void {
    this.#skippedTotal += 1;
    if (this.#skipped.length < listedAtMost) this.#skipped.push(report);
  }
}

/** A role or a schema that is there already is what the statement wants. */
function isAlreadyThere(node: Node, error: unknown): boolean {
  const code = codeOf(error);
  return (
    ('CreateSchemaStmt' in node && code === sqlState.duplicateSchema) ||
    ('CreateRoleStmt' in node && code === sqlState.duplicateObject)
  );
}

/** A role that a script has acted as and then dropped. */
function ignoreDropped(error: unknown): void {
  if (codeOf(error) !== sqlState.undefinedObject) throw error;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Postgres' own words, unless they may quote a value: it could be a secret. */
function describe(error: unknown): string {
  if (codeOf(error)?.startsWith('22')) return `a value is not valid (SQLSTATE ${codeOf(error)})`;
  return error instanceof Error ? error.message : String(error);
}
