import type { Client } from 'pg';
import { printDuration } from '../duration.ts';
import { quoteIdentifier } from '../model/statement.ts';
import {
  blockTable,
  grantsSql,
  objectTable,
  sharingSchema,
  tableColumns,
  tablesSql,
} from '../snapshot/exchange/postgres/schema.ts';
import type { Finding } from '../source/finding.ts';

/** The part of a connection that is used. */
type Session = Pick<Client, 'query' | 'on' | 'off'>;

/** How the gateways are configured to share. Durations are in milliseconds. */
export interface IntendedSharing {
  readonly logged: boolean;
  readonly pollMs: number;
}

/** The findings about the tables that gateways share through, and whether their rows can be read. */
export interface SharingPlaceFindings {
  readonly findings: readonly Finding[];
  readonly isReadable: boolean;
}

/** Whether gateways can share through the database: its tables, the login's privileges, its clock, and NOTIFY. */
export async function checkSharing(
  session: Session,
  intended: IntendedSharing,
): Promise<SharingPlaceFindings> {
  const access = await accessOf(session);
  const tables = await tablesOf(session);
  const structure = checkTables(tables, access, intended);
  const findings = [
    checkWriting(access),
    ...structure,
    ...checkLogging(tables, access, intended),
    await checkClock(session),
    await checkNews(session, access, intended),
  ];
  const isReadable = tables.length === 2 && structure.every(({ status }) => status !== 'fail');
  return { findings, isReadable: isReadable && !hidesUnlogged(tables, access) };
}

interface Access {
  readonly role: string;
  readonly database: string;
  /** Whether the server follows a primary. */
  readonly standby: boolean;
  /** Seconds since the last transaction that a standby has replayed; null if there is none. */
  readonly behind: number | null;
  readonly readOnly: boolean;
  readonly mayCreate: boolean;
  readonly mayUse: boolean;
}

async function accessOf(session: Session): Promise<Access> {
  const { rows } = await session.query<Access>(
    `select current_user as role, current_database() as database, pg_is_in_recovery() as standby,
       extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 as behind,
       current_setting('transaction_read_only')::boolean as "readOnly",
       coalesce(has_schema_privilege(n.oid, 'create'), has_database_privilege(current_database(), 'create')) as "mayCreate",
       coalesce(has_schema_privilege(n.oid, 'usage'), false) as "mayUse"
     from (select) as once left join pg_catalog.pg_namespace n on n.nspname = $1`,
    [sharingSchema],
  );
  const [row] = rows;
  if (!row) throw new Error('a select without a condition must give a row');
  return row;
}

interface TableFacts {
  readonly name: string;
  readonly persistence: string;
  readonly columns: readonly string[];
  /** What the login lacks of what it needs. */
  readonly lacking: readonly string[];
}

async function tablesOf(session: Session): Promise<readonly TableFacts[]> {
  const { rows } = await session.query<TableFacts>(
    `select n.nspname || '.' || c.relname as name, c.relpersistence::text as persistence,
       array(select attname::text from pg_catalog.pg_attribute
             where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
       array(select privilege from unnest(array['select', 'insert', 'update', 'delete']) as privilege
             where not has_table_privilege(c.oid, privilege)) as lacking
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname || '.' || c.relname = any($1)
     order by 1`,
    [[objectTable, blockTable]],
  );
  return rows;
}

function checkWriting({ role, standby, behind, readOnly }: Access): Finding {
  const check = 'writing';
  if (standby) {
    const lag = behind === null ? '' : `, whose last replayed transaction is ${Math.round(behind)} s old`;
    return {
      check,
      status: 'warn',
      detail: `the database is a standby${lag}: gateways here load what others publish, but cannot publish themselves`,
      fix: 'point --database-url at the primary',
    };
  }
  if (!readOnly) return { check, status: 'ok', detail: `${role} can write to the database` };
  return {
    check,
    status: 'fail',
    detail: `transactions of ${role} are read-only (default_transaction_read_only): each gateway scans by itself`,
    fix: `alter role ${quoteIdentifier(role)} set default_transaction_read_only = off;`,
  };
}

function checkTables(
  tables: readonly TableFacts[],
  { role, mayCreate, mayUse, standby }: Access,
  { logged }: IntendedSharing,
): readonly Finding[] {
  const check = 'tables';
  const fix = tablesSql({ logged }) + grantsSql(role);
  const missing = [objectTable, blockTable].filter((name) => !tables.some((table) => table.name === name));
  if (missing.length > 0) {
    const isAre = `${missing.join(' and ')} ${missing.length === 1 ? 'does' : 'do'} not exist`;
    return mayCreate && !standby
      ? [{ check, status: 'ok', detail: `${isAre} yet: the first gateway with --share creates them` }]
      : [{ check, status: 'fail', detail: `${isAre}, and ${role} may not create them`, fix }];
  }
  return [
    ...tables.map(({ name, columns }): Finding => {
      const absent = (tableColumns[name] ?? []).filter((column) => !columns.includes(column));
      return absent.length === 0
        ? { check, status: 'ok', detail: `${name} exists` }
        : {
            check,
            status: 'fail',
            detail: `${name} has an unexpected structure, without the columns ${absent.join(', ')}`,
            fix: `drop table ${name};\n${fix}`,
          };
    }),
    checkPrivileges(tables, role, mayUse),
  ];
}

function checkPrivileges(tables: readonly TableFacts[], role: string, mayUse: boolean): Finding {
  const lacking = [
    ...(mayUse ? [] : [`usage on schema ${sharingSchema}`]),
    ...tables.flatMap((table) =>
      table.lacking.length > 0 ? [`${table.lacking.join(', ')} on ${table.name}`] : [],
    ),
  ];
  return lacking.length === 0
    ? { check: 'privileges', status: 'ok', detail: `${role} may read and write the tables` }
    : {
        check: 'privileges',
        status: 'fail',
        detail: `${role} lacks ${lacking.join('; ')}`,
        fix: grantsSql(role),
      };
}

/** Unlogged tables can be neither read nor written on a standby. */
function hidesUnlogged(tables: readonly TableFacts[], { standby }: Access): boolean {
  return standby && tables.some(({ persistence }) => persistence === 'u');
}

function checkLogging(
  tables: readonly TableFacts[],
  access: Access,
  { logged }: IntendedSharing,
): readonly Finding[] {
  if (tables.length === 0) return [];
  const check = 'persistence';
  const unlogged = tables.filter(({ persistence }) => persistence === 'u');
  if (hidesUnlogged(tables, access)) {
    return [
      {
        check,
        status: 'fail',
        detail: 'the tables are unlogged, so their rows are not on a standby',
        fix: alterAll(unlogged, 'logged'),
      },
    ];
  }
  if (unlogged.length === (logged ? 0 : tables.length)) {
    return [{ check, status: 'ok', detail: logged ? 'logged, as --share-logged asks for' : 'unlogged' }];
  }
  return [
    logged
      ? {
          check,
          status: 'warn',
          detail: 'unlogged although --share-logged is on: published snapshots do not reach standbys',
          fix: alterAll(unlogged, 'logged'),
        }
      : {
          check,
          status: 'warn',
          detail:
            'logged although --share-logged is off: every publication is written to the write-ahead log, too',
          fix: alterAll(
            tables.filter(({ persistence }) => persistence !== 'u'),
            'unlogged',
          ),
        },
  ];
}

function alterAll(tables: readonly TableFacts[], persistence: 'logged' | 'unlogged'): string {
  return tables.map(({ name }) => `alter table ${name} set ${persistence};`).join('\n');
}

/** Sharing does not depend on this machine's clock, but a larger difference means that a clock is wrong. */
const tolerableClockMs = 5_000;

async function checkClock(session: Session): Promise<Finding> {
  const check = 'clock';
  const sentAt = Date.now();
  const { rows } = await session.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  const receivedAt = Date.now();
  const aheadMs = (rows[0]?.now ?? receivedAt) - (sentAt + receivedAt) / 2;
  const apart = Math.abs(aheadMs);
  if (apart < tolerableClockMs) {
    return {
      check,
      status: 'ok',
      detail: `the database clock is within ${Math.max(1, Math.ceil(apart / 1000))} s of this machine's`,
    };
  }
  return {
    check,
    status: 'warn',
    detail: `the database clock is ${printDuration(Math.round(apart / 1000) * 1000)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's; sharing uses the database clock, but one of the two is wrong`,
    fix: 'timedatectl set-ntp true',
  };
}

/** How long a notification may take on a direct connection. */
const newsPatienceMs = 2_000;
const probeChannel = 'fdw_graphql_doctor';

/** Whether notifications arrive; without them, gateways rely on polling. */
async function checkNews(
  session: Session,
  { standby, readOnly }: Access,
  { pollMs }: IntendedSharing,
): Promise<Finding> {
  const check = 'news';
  const poll = `new snapshots are found by polling every ${printDuration(pollMs)} (--share-poll)`;
  if (standby || readOnly) return { check, status: 'ok', detail: poll };
  const began = performance.now();
  const isHeard = await hearsItself(session);
  if (isHeard) {
    return { check, status: 'ok', detail: `NOTIFY arrives after ${Math.ceil(performance.now() - began)} ms` };
  }
  return {
    check,
    status: 'warn',
    detail: `NOTIFY does not arrive, as behind a pooler in transaction mode: ${poll}`,
    fix: 'point --database-url at Postgres itself, or at a pooler in session mode',
  };
}

async function hearsItself(session: Session): Promise<boolean> {
  let onNotification: () => void = () => undefined;
  const heard = new Promise<true>((resolve) => {
    onNotification = () => resolve(true);
  });
  session.on('notification', onNotification);
  const patience = AbortSignal.timeout(newsPatienceMs);
  const late = new Promise<false>((resolve) => {
    patience.addEventListener('abort', () => resolve(false), { once: true });
  });
  try {
    await session.query(`listen ${probeChannel}`);
    await session.query(`notify ${probeChannel}`);
    return await Promise.race([heard, late]);
  } catch {
    return false;
  } finally {
    session.off('notification', onNotification);
    await session.query(`unlisten ${probeChannel}`).catch(() => undefined);
  }
}
