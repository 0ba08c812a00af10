import pg from 'pg';
import { type Clock, systemClock } from '../../../clock.ts';
import { codeOf } from '../../../errors.ts';
import type { ScanProgress } from '../../../source/source.ts';
import { blockLength } from '../block-file.ts';
import {
  type Block,
  blocksOf,
  type Claim,
  type ExchangePlace,
  type Lease,
  type ObjectState,
  type Position,
  type Publication,
  type Published,
  type Renewal,
  type Term,
} from '../place.ts';
import { blockTable, newsChannel, objectTable, tablesSql } from './schema.ts';

export interface PostgresPlaceOptions {
  /** How to connect to Postgres. */
  readonly connection: pg.ClientConfig;
  /** Whether tables are created as logged ones. */
  readonly logged: boolean;
  readonly clock?: Clock;
}

/** The time limit of a query. */
const timeoutMs = 5_000;
/** The time limit of a query for a few blocks. */
const blockTimeoutMs = 30_000;
/** How long to wait before listening again after a failure. */
const listenAgainMs = 2_000;

/**
 * A place in Postgres. Every step is a single statement, so that it works through any pooler. Time is Postgres' own. Missing
 * tables are created if the login may do that.
 */
export class PostgresPlace implements ExchangePlace {
  readonly #logged: boolean;
  readonly #connection: pg.ClientConfig;
  readonly #clock: Clock;
  readonly #pool: pg.Pool;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<() => void>();
  /** The latest publication of each object that this gateway has seen. */
  readonly #published = new Map<string, Published>();
  #listening: Promise<void> | undefined;

  constructor({ connection, logged, clock = systemClock }: PostgresPlaceOptions) {
    this.#connection = connection;
    this.#logged = logged;
    this.#clock = clock;
    this.#pool = new pg.Pool({
      ...connection,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      max: 3,
      application_name: 'fdw-graphql sharing',
    });
    // The next query replaces an idle connection that broke. Without a listener the error would end the process.
    this.#pool.on('error', () => {});
  }

  async look(object: string): Promise<ObjectState> {
    const known = this.#published.get(object);
    const [row] = await this.#query<LookRow>(
      `select ${milliseconds('clock_timestamp()')} as now, ${milliseconds('began_at')} as began_at,
         case when expires_at > clock_timestamp() then holder end as holder, epoch::float8 as epoch, progress,
         incarnation::text as incarnation, sequence::float8 as sequence,
         ${milliseconds('published_began_at')} as published_began_at,
         case when sequence = $2 and incarnation = $3 then null else publication end as publication
       from (select) as once left join ${objectTable} on name = $1`,
      [object, known?.position.sequence ?? 0, known?.position.incarnation ?? null],
    );
    if (!row) throw new Error('a select without a condition returned no row');
    return {
      now: row.now,
      beganAt: row.began_at ?? undefined,
      holder:
        row.holder === null
          ? undefined
          : { name: row.holder, epoch: row.epoch ?? 0, progress: row.progress ?? undefined },
      published: this.#publishedIn(object, row, known),
    };
  }

  /** The publication in a row. If it is already known, the row does not repeat it, because it names every block. */
  #publishedIn(object: string, row: LookRow, known: Published | undefined): Published | undefined {
    const position = { incarnation: row.incarnation ?? '', sequence: row.sequence ?? 0 };
    if (position.sequence === 0) return undefined;
    const publication = row.publication ?? known?.publication;
    if (!publication) return undefined;
    const published = { position, beganAt: row.published_began_at ?? row.now, publication };
    this.#published.set(object, published);
    return published;
  }

  async acquire(
    object: string,
    { holder, leaseMs, quota, seen, spacingMs }: Claim,
  ): Promise<Lease | undefined> {
    const [row] = await this.#query<{ incarnation: string; epoch: number }>(
      `insert into ${objectTable} as known (name, holder, quota, epoch, expires_at, began_at)
       values ($1, $2, $7, 1, ${later('$3')}, clock_timestamp())
       on conflict (name) do update set
         holder = $2, quota = $7, epoch = known.epoch + 1, expires_at = ${later('$3')}, began_at = clock_timestamp(), progress = null
       where (known.holder is null or known.expires_at <= clock_timestamp())
         and known.sequence = $4 and ($4 = 0 or known.incarnation = $5)
         and (known.began_at is null or known.began_at <= ${later('-$6')})
       returning incarnation::text as incarnation, epoch::float8 as epoch`,
      [object, holder, leaseMs, seen?.sequence ?? 0, seen?.incarnation ?? null, spacingMs, quota],
    );
    return row && { holder, ...row };
  }

  async renew(object: string, lease: Lease, { leaseMs, progress }: Term): Promise<Renewal | undefined> {
    const [row] = await this.#query<Renewal>(
      `update ${objectTable} as held set expires_at = ${later('$5')}, progress = $6 where ${heldBy}
       returning (
         select count(*)::float8 from ${objectTable} as other
         where other.quota = held.quota and (other.name = held.name or other.expires_at > clock_timestamp())
       ) as "scansOfQuota"`,
      [object, lease.holder, lease.epoch, lease.incarnation, leaseMs, JSON.stringify(progress)],
    );
    return row;
  }

  async release(object: string, lease: Lease): Promise<void> {
    await this.#query(
      `with released as (
         update ${objectTable} set holder = null, expires_at = null, progress = null where ${heldBy} returning name
       )
       select pg_notify('${newsChannel}', name) from released`,
      [object, lease.holder, lease.epoch, lease.incarnation],
    );
  }

  async putBlocks(object: string, blocks: readonly Block[]): Promise<void> {
    for (const { hash, bytes } of blocks) {
      await this.#query(
        `insert into ${blockTable} (object, hash, bytes) values ($1, $2, $3) on conflict do nothing`,
        [object, hash, bytes],
        blockTimeoutMs,
      );
    }
  }

  async getBlocks(object: string, hashes: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const rows = await this.#query<{ hash: string; bytes: Buffer }>(
      `select hash, bytes from ${blockTable}
       where object = $1 and hash = any($2) and octet_length(bytes) <= ${blockLength}`,
      [object, hashes],
      blockTimeoutMs,
    );
    return new Map(rows.map(({ hash, bytes }) => [hash, bytes]));
  }

  async publish(
    object: string,
    lease: Lease,
    { beganAt, ...publication }: Publication,
  ): Promise<Position | undefined> {
    const { holder, epoch, incarnation } = lease;
    const hashes = blocksOf(publication);
    const [row] = await this.#query<{ sequence: number }>(
      `with published as (
         update ${objectTable} set
           sequence = sequence + 1, publication = $5, published_began_at = to_timestamp($6::float8 / 1000),
           holder = null, expires_at = null, progress = null
         where ${heldBy} and expires_at > clock_timestamp()
         returning name, sequence
       ), removed as (
         delete from ${blockTable}
         where object = $1 and hash <> all ($7) and exists (select from published)
       )
       select sequence::float8 as sequence, pg_notify('${newsChannel}', name) from published`,
      [object, holder, epoch, incarnation, JSON.stringify(publication), beganAt, hashes],
      blockTimeoutMs,
    );
    return row && { incarnation, sequence: row.sequence };
  }

  onNews(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#listening ??= this.#listen();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#listeners.clear();
    await this.#listening;
    await this.#pool.end();
  }

  /** If tables are missing, they are created and the statement is run again. */
  async #query<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
    query_timeout = timeoutMs,
  ): Promise<Row[]> {
    const config = { text, values, query_timeout };
    try {
      return (await this.#pool.query<Row>(config)).rows;
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.#createTables();
      return (await this.#pool.query<Row>(config)).rows;
    }
  }

  /** The lock makes gateways that start together do this one after the other. */
  async #createTables(): Promise<void> {
    const lock = "select pg_advisory_xact_lock(hashtext('fdw_graphql'))";
    await this.#pool.query(`begin; ${lock}; ${tablesSql({ logged: this.#logged })} commit;`);
  }

  /** Listens for notifications. Some poolers do not deliver any. */
  async #listen(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const client = new pg.Client({
        ...this.#connection,
        connectionTimeoutMillis: timeoutMs,
        keepAlive: true,
        application_name: 'fdw-graphql sharing news',
      });
      client.on('notification', () => {
        for (const listener of this.#listeners) listener();
      });
      const ended = new Promise<void>((resolve) => {
        client.on('error', () => resolve());
        client.on('end', () => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      try {
        await client.connect();
        await client.query(`listen ${newsChannel}`);
        await ended;
      } catch {
        // Gateways also poll for news.
      }
      await client.end().catch(() => undefined);
      await this.#clock.sleep(listenAgainMs, signal).catch(() => undefined);
    }
  }
}

/** The row of a lease, unless another gateway has taken it. */
const heldBy = 'name = $1 and holder = $2 and epoch = $3 and incarnation = $4';

function milliseconds(timestamp: string): string {
  return `(extract(epoch from ${timestamp}) * 1000)::float8`;
}

function later(milliseconds: string): string {
  return `clock_timestamp() + ${milliseconds}::float8 * interval '1 millisecond'`;
}

interface LookRow {
  readonly now: number;
  readonly began_at: number | null;
  readonly holder: string | null;
  readonly epoch: number | null;
  readonly progress: ScanProgress | null;
  readonly incarnation: string | null;
  readonly sequence: number | null;
  readonly published_began_at: number | null;
  readonly publication: Omit<Publication, 'beganAt'> | null;
}

/** undefined_table and invalid_schema_name: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isMissing(error: unknown): boolean {
  return ['42P01', '3F000'].includes(codeOf(error) ?? '');
}
