import type { Client, ClientConfig } from 'pg';
import type { ServerDefinition } from '../model/definition.ts';
import type { Dialect, KnownOptions } from '../model/dialect.ts';
import type { ForeignObject, Reason } from '../model/model.ts';
import type { Result } from '../model/result.ts';
import type { Source } from './source.ts';

/** A kind of foreign-data wrapper: it recognises its servers, interprets their tables, and provides the rows. */
export interface SourceKind {
  /** Its name for people, such as `cognito`. */
  readonly name: string;
  readonly dialect: Dialect;
  /** The known server options, with the meaning of each. Others are accepted and ignored. */
  readonly serverOptions: KnownOptions;
  /** The names of wrappers known to be of this kind, to suggest if one is misspelt. */
  readonly wrapperNames: readonly string[];
  /** Whether the server is of this kind. If several kinds match, the first in the list gets it. */
  recognises(server: ServerDefinition): boolean;
  /**
   * Checks a server once, before anything is scanned: whether its options are complete and its secrets exist. Its messages
   * never repeat a secret.
   */
  open(server: ServerDefinition): Promise<Result<OpenServer, Reason>>;
}

/** A usable server. */
export interface OpenServer {
  /** The source of one of the server's objects. It does not connect before its first scan. */
  connect(object: ForeignObject): Source;
}

/** What kinds need from the catalog that defines their servers. */
export interface CatalogAccess {
  /**
   * The secret of a Vault reference.
   *
   * @throws ConfigurationError if there is no such secret or it may not be read
   */
  readSecret(reference: string): Promise<string>;
  /** The Postgres of the catalog, if rows can be read through it. */
  readonly database: CatalogDatabase | undefined;
}

/** A Postgres through which rows can be read. */
export interface CatalogDatabase {
  /** Host, port and database name, without a secret. */
  readonly name: string;
  /**
   * Opens a connection for one scan.
   *
   * @param signal aborts the attempt
   */
  openSession(signal: AbortSignal): Promise<Client>;
  /** To be called if the catalog may have changed since it was read; absent if that has no effect. */
  readonly suspectChange?: () => void;
  /** How to connect to the host that answers now, as `openSession` does; absent if nobody else can. */
  readonly connection?: () => Promise<ClientConfig>;
}

/** A numeric setting of one kind of source, for all of its servers. */
export interface SourceSetting {
  readonly flag: `--${string}`;
  /** The name of its value in the help. */
  readonly argument: string;
  readonly description: string;
  readonly default: number;
  /** The rule for its value, worded to follow `must be`. */
  readonly rule: string;
  accepts(value: number): boolean;
}
