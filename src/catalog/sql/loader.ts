import type { PGlite } from '@electric-sql/pglite';
import type { Node } from 'libpg-query';
import { qualifiedName, quoteIdentifier } from '../../model/statement.ts';
import { Prerequisites } from './prerequisites.ts';
import { PsqlReader } from './psql-reader.ts';
import {
  alwaysCounts,
  changesRows,
  clause,
  parseStatement,
  readsRowsFromScript,
  relationsOf,
  type Statement,
  summaryOf,
} from './statement.ts';
import { codeOf, describeFailure, isAlreadyThere, sqlState, Unneeded } from './statement-failure.ts';

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

/** The embedded Postgres' superuser. Its `reset session authorization` would reset nothing. */
const ownSession = 'set session authorization postgres';

const savepoint = 'fdw_graphql_statement';

/**
 * Runs scripts in a database for the sake of its catalog. Each statement fails alone, and nothing that a script sets
 * for its session outlives it.
 */
export class ScriptLoader {
  readonly #database: PGlite;
  readonly #prerequisites: Prerequisites;
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
    this.#prerequisites = new Prerequisites(database);
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
      const report = { ...place, statement: summaryOf(statement), reason: describeFailure(failure) };
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
        await this.#prerequisites.makeFor(node);
        await this.#prepareToActAs(node);
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
      if (!(await this.#prerequisites.supply(codeOf(error), sql))) throw error;
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

  /** Lets the role act that a `set role` or `set session authorization` names. */
  async #prepareToActAs(node: Node): Promise<void> {
    if ('VariableSetStmt' in node && /^(role|session_authorization)$/.test(node.VariableSetStmt.name ?? '')) {
      const [argument] = node.VariableSetStmt.args ?? [];
      const name = argument && 'A_Const' in argument ? argument.A_Const.sval?.sval : undefined;
      if (name !== undefined && name !== 'none') await this.#letAct(name);
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

  /** A role that the script acts as may do everything meanwhile, so that what it makes is made, and is its own. */
  async #letAct(name: string): Promise<void> {
    if (this.#actors.has(name)) return;
    await this.#prerequisites.ensureRole(name);
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
      const path = schema === undefined ? quoteIdentifier(name) : qualifiedName({ schema, name });
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

/** A role that a script has acted as and then dropped. */
function ignoreDropped(error: unknown): void {
  if (codeOf(error) !== sqlState.undefinedObject) throw error;
}
