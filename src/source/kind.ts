import type { Client, ClientConfig } from 'pg';
import type { ServerDefinition } from '../model/definition.ts';
import type { Dialect, KnownOptions } from '../model/dialect.ts';
import type { ForeignObject, Reason } from '../model/model.ts';
import type { Result } from '../model/result.ts';
import type { Source } from './source.ts';

/** One kind of foreign-data wrapper: which servers are of it, what their tables mean, and where rows come from. */
export interface SourceKind {
  /** What people call it, such as `cognito`. */
  readonly name: string;
  readonly dialect: Dialect;
  /** The options that servers of this kind may have, by what each means. Others are accepted and mean nothing. */
  readonly serverOptions: KnownOptions;
  /** The names of wrappers that are known to be of this kind, to propose where one is misspelt. */
  readonly wrapperNames: readonly string[];
  /** Whether the server is of this kind. Of several kinds that say so, the first of the list has it. */
  recognises(server: ServerDefinition): boolean;
  /**
   * Looks at a server once, before anything is scanned: whether its options are complete and its secrets are there.
   * What it says never repeats a secret.
   */
  open(server: ServerDefinition): Promise<Result<OpenServer, Reason>>;
}

/** A server that can be used. */
export interface OpenServer {
  /** The source of one of the server's objects. It connects to nothing before its first scan. */
  connect(object: ForeignObject): Source;
}

/** What kinds need of the catalog that defines their servers. */
export interface CatalogAccess {
  /**
   * The secret that a reference to Vault stands for.
   *
   * @throws ConfigurationError if there is no such secret or it may not be read
   */
  readSecret(reference: string): Promise<string>;
  /** The Postgres itself, where the catalog is in one that can be asked for rows. */
  readonly database: CatalogDatabase | undefined;
}

/** A Postgres that rows can be read through. */
export interface CatalogDatabase {
  /** Host, port and name, without a secret. */
  readonly name: string;
  /**
   * Opens a connection for one scan.
   *
   * @param signal gives up
   */
  openSession(signal: AbortSignal): Promise<Client>;
  /** Is told that the catalog may have changed since it was read; absent if nothing could come of it. */
  readonly suspectChange?: () => void;
  /** How to connect to the host that answers now, as `openSession` does; absent if nobody else can. */
  readonly connection?: () => Promise<ClientConfig>;
}

/** A number that one kind of source can be tuned by, for all of its servers. */
export interface SourceSetting {
  readonly flag: `--${string}`;
  /** What its value is called in the help. */
  readonly argument: string;
  readonly description: string;
  readonly default: number;
  /** What its value must be, to be read after `must be`. */
  readonly rule: string;
  accepts(value: number): boolean;
}
