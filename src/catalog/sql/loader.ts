import type { PGlite } from '@electric-sql/pglite';
import type { Node } from 'libpg-query';
import { codeOf } from '../../errors.ts';
import { nearestSpelling } from '../../model/spelling.ts';
import { qualifiedName, quoteIdentifier } from '../../model/statement.ts';
import { Prerequisites } from './prerequisites.ts';
import { PsqlReader } from './psql-reader.ts';
import { codeCouldRestrict, couldRestrict } from './restriction.ts';
import {
  type Actor,
  actorSetBy,
  alwaysCounts,
  changesRows,
  clause,
  parseStatement,
  readsRowsFromScript,
  relationsOf,
  revokes,
  type Statement,
  schemasOf,
  summaryOf,
  withoutGrantor,
} from './statement.ts';
import { describeFailure, isAlreadyThere, sqlState, Unneeded } from './statement-failure.ts';

/** A script and the name to report it by. */
export interface SqlScript {
  readonly name: string;
  readonly text: string;
}

/** A statement that was skipped or failed. */
export interface StatementReport {
  readonly file: string;
  readonly line: number;
  /** The beginning of the statement, without any values. */
  readonly statement: string;
  readonly reason: string;
}

/** The outcome of some scripts. */
export interface LoadReport {
  /** Statements that failed although the catalog needs them. */
  readonly failed: readonly StatementReport[];
  /** The first of the statements that the catalog does not need, and that were skipped or failed. */
  readonly skipped: readonly StatementReport[];
  readonly skippedTotal: number;
}

/** How many skipped statements are listed. */
const listedAtMost = 1_000;

/** The search path of a Supabase database. */
const searchPath = 'set search_path = "$user", public, extensions';

/** The session of the embedded Postgres' superuser, where `reset session authorization` has no effect. */
const ownSession = 'set session authorization postgres';

const savepoint = 'fdw_graphql_statement';

/**
 * Runs scripts in a database to obtain its catalog. A failing statement does not affect the others, and session settings of
 * a script end with it.
 */
export class ScriptLoader {
  readonly #database: PGlite;
  readonly #prerequisites: Prerequisites;
  /** Called before each statement, so that one that never ends can be named. */
  readonly #onStatement: (file: string, line: number) => void;
  readonly #failed: StatementReport[] = [];
  readonly #skipped: StatementReport[] = [];
  #skippedTotal = 0;
  #inTransaction = false;
  /** The roles that the script acts as, and whether they are superusers of their own accord. */
  readonly #actors = new Map<string, boolean>();

  constructor(database: PGlite, onStatement: (file: string, line: number) => void) {
    this.#database = database;
    this.#prerequisites = new Prerequisites(database);
    this.#onStatement = onStatement;
  }

  async load({ name, text }: SqlScript): Promise<void> {
    await this.#database.exec(searchPath);
    const reader = new PsqlReader(text);
    let last = '';
    for (let piece = reader.next(); piece; piece = reader.next()) {
      const place = { file: name, line: piece.line };
      if (piece.kind === 'command') {
        const command = piece.text.split(/\s/, 1)[0] ?? '';
        // These guard the output of pg_dump, and mean nothing outside psql.
        if (command === '\\restrict' || command === '\\unrestrict') continue;
        const report = { ...place, statement: command, reason: "it is one of psql's own commands" };
        // This one runs what the query before it has written.
        if (command === '\\gexec' && codeCouldRestrict(last)) this.#failed.push(report);
        else this.#skip(report);
        continue;
      }
      last = piece.sql;
      const statement = parseStatement(piece.sql);
      if (readsRowsFromScript(statement.node)) reader.skipCopyData();
      const failure =
        piece.kind === 'undo'
          ? new Unneeded('it is part of a down migration')
          : await this.#run(statement, () => this.#onStatement(name, piece.line));
      if (failure === undefined) continue;
      const summary = summaryOf(statement);
      const report = { ...place, statement: summary, reason: describeFailure(failure, summary) };
      if (!(failure instanceof Unneeded) && (await this.#counts(statement))) this.#failed.push(report);
      else this.#skip(report);
    }
    await this.#endSession();
  }

  report(): LoadReport {
    return { failed: this.#failed, skipped: this.#skipped, skippedTotal: this.#skippedTotal };
  }

  /** Runs a statement; returns why it failed or was skipped, or undefined. */
  async #run(statement: Statement, announce: () => void): Promise<unknown> {
    const { node, sql } = statement;
    if (!node) return new Error(statement.syntaxError);
    if (changesRows(node)) return new Unneeded('rows of ordinary tables are not loaded');
    if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'client_encoding') return undefined;
    announce();
    try {
      await this.#attempt(async () => {
        await this.#prerequisites.makeFor(node);
        await this.#execute(node, sql);
      }, sql);
      return undefined;
    } catch (error) {
      return isAlreadyThere(node, error) ? undefined : error;
    }
  }

  /** Retries once if something was missing for which there is a stand-in. */
  async #attempt(action: () => Promise<void>, sql: string): Promise<void> {
    try {
      await this.#alone(action);
    } catch (error) {
      if (!(await this.#prerequisites.supply(codeOf(error), sql))) throw error;
      await this.#alone(action);
    }
  }

  /** A failure inside a transaction must not abort the rest of it. */
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

  async #execute(node: Node, sql: string): Promise<void> {
    if ('CreateExtensionStmt' in node) {
      const { extname = '', options } = node.CreateExtensionStmt;
      return this.#prerequisites.createExtension(extname, clause(options, 'schema')?.[0]);
    }
    if ('ImportForeignSchemaStmt' in node)
      return this.#prerequisites.importForeignSchema(node.ImportForeignSchemaStmt);
    if ('TransactionStmt' in node) return this.#executeTransaction(node.TransactionStmt.kind ?? '', sql);
    const actor = actorSetBy(node);
    if (actor) return this.#actAs(actor, sql);
    await this.#database.exec('GrantRoleStmt' in node ? withoutGrantor(sql) : sql);
    // A function may have changed it, and every later message would be unreadable.
    if ('SelectStmt' in node || 'DoStmt' in node || 'CallStmt' in node) {
      await this.#database.exec("set client_encoding = 'UTF8'");
    }
  }

  async #executeTransaction(kind: string, sql: string): Promise<void> {
    if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK') this.#inTransaction = false;
    await this.#database.exec(sql);
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') this.#inTransaction = true;
  }

  /** Runs a statement after which the script acts as another role. */
  async #actAs({ setting, role }: Actor, sql: string): Promise<void> {
    // Postgres' own roles cannot be made superusers, so the superuser acts in their place.
    const isOwn = role === undefined || role.startsWith('pg_');
    if (isOwn) return void (await this.#database.exec(setting === 'role' ? 'reset role' : ownSession));
    if (role !== 'none') await this.#letAct(role);
    await this.#database.exec(sql);
  }

  /** Makes the role that the script acts as a superuser for now, so that its objects can be created, and belong to it. */
  async #letAct(name: string): Promise<void> {
    if (this.#actors.has(name)) return;
    await this.#prerequisites.ensureRole(name);
    const { rows } = await this.#database.query<{ rolsuper: boolean }>(
      'select rolsuper from pg_roles where rolname = $1',
      [name],
    );
    await this.#database.exec(`alter role ${quoteIdentifier(name)} superuser`);
    this.#actors.set(name, rows[0]?.rolsuper ?? false);
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

  /** Whether the catalog needs a statement that failed: by its kind, or because it names foreign tables. */
  async #counts(statement: Statement): Promise<boolean> {
    if (alwaysCounts(statement) || couldRestrict(statement)) return true;
    const { node } = statement;
    if (!node || changesRows(node)) return false;
    const isRevoked = revokes(node);
    for (const { schema, name } of relationsOf(node)) {
      const path = schema === undefined ? quoteIdentifier(name) : qualifiedName({ schema, name });
      const { rows } = await this.#database.query<{ relkind: string }>(
        'select relkind from pg_class where oid = to_regclass($1)',
        [path],
      );
      const [found] = rows;
      if (found?.relkind === 'f' || (found?.relkind === 'v' && isRevoked)) return true;
      // A privilege that a misspelt name leaves in place shows rows.
      if (!found && isRevoked && nearestSpelling(name, await this.#foreignNames('relname'))) return true;
    }
    return isRevoked && this.#areForeign(schemasOf(node));
  }

  /** Whether one of the schemas has foreign tables, or could be a misspelt one that has. */
  async #areForeign(schemas: readonly string[]): Promise<boolean> {
    const known = schemas.length > 0 ? await this.#foreignNames('nspname') : [];
    return schemas.some((schema) => nearestSpelling(schema, known) !== undefined);
  }

  /** The names of all foreign tables and views, or of their schemas. */
  async #foreignNames(kind: 'relname' | 'nspname'): Promise<readonly string[]> {
    const { rows } = await this.#database.query<{ name: string }>(
      `select distinct ${kind} as name from pg_class c join pg_namespace n on n.oid = relnamespace
       where relkind = 'f' or relkind = 'v' and nspname not in ('pg_catalog', 'information_schema')`,
    );
    return rows.map(({ name }) => name);
  }

  #skip(report: StatementReport): void {
    this.#skippedTotal += 1;
    if (this.#skipped.length < listedAtMost) this.#skipped.push(report);
  }
}

/** Ignores a role that the script has dropped after acting as it. */
function ignoreDropped(error: unknown): void {
  if (codeOf(error) !== sqlState.undefinedObject) throw error;
}
