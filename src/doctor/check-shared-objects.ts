import type { Client } from 'pg';
import { printDuration } from '../duration.ts';
import { type Model, objectsOf } from '../model/model.ts';
import { blockLength } from '../snapshot/exchange/block-file.ts';
import { sharedObjectName } from '../snapshot/exchange/object-name.ts';
import type { ExchangePlace, Publication, Published } from '../snapshot/exchange/place.ts';
import { blockTable, objectTable } from '../snapshot/exchange/postgres/schema.ts';
import { assertSealed } from '../snapshot/exchange/publication-seal.ts';
import { verifyPart } from '../snapshot/exchange/published-parts.ts';
import type { SnapshotKey } from '../snapshot/file/key.ts';
import { UnusableFile } from '../snapshot/file/unusable-file.ts';
import type { Finding } from '../source/finding.ts';
import type { Servers } from '../source/servers.ts';
import { counted } from '../wording.ts';

type Session = Pick<Client, 'query'>;

/** For each object: who is scanning it, what is published, and whether this machine can read it. */
export async function checkSharedObjects(
  session: Session,
  servers: Servers,
  model: Model,
  key: SnapshotKey | undefined,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const foreignObject of objectsOf(model.tables)) {
    const source = servers.connect(foreignObject);
    const { server, object } = foreignObject;
    const { origin, fields } = source;
    source.close();
    const name = sharedObjectName({ server, object, origin, fields });
    findings.push(...(await checkSharedObject(session, `${server}.${object}`, name, key)));
  }
  return findings;
}

async function checkSharedObject(
  session: Session,
  check: string,
  name: string,
  key: SnapshotKey | undefined,
): Promise<readonly Finding[]> {
  const { rows } = await session.query<SharedRow>(
    `select holder, epoch::float8 as epoch, extract(epoch from expires_at - clock_timestamp())::float8 as "expiresIn",
       (progress->>'rows')::float8 as rows, incarnation::text as incarnation, sequence::float8 as sequence,
       (extract(epoch from published_began_at) * 1000)::float8 as "beganAt",
       extract(epoch from clock_timestamp() - published_began_at)::float8 as age, publication
     from ${objectTable} where name = $1`,
    [name],
  );
  const [row] = rows;
  if (!row) return [{ check, status: 'ok', detail: 'no gateway has scanned it yet' }];
  return [checkHolder(check, row), await checkPublished(session, check, name, row, key)];
}

interface SharedRow {
  readonly holder: string | null;
  readonly epoch: number;
  /** Seconds; negative if the lease has expired. */
  readonly expiresIn: number | null;
  /** How many the scan under the lease has found so far. */
  readonly rows: number | null;
  readonly incarnation: string;
  readonly sequence: number;
  /** When the scan of what is published began, in milliseconds. */
  readonly beganAt: number | null;
  /** Seconds since the scan of what is published began. */
  readonly age: number | null;
  readonly publication: Omit<Publication, 'beganAt'> | null;
}

function checkHolder(check: string, { holder, epoch, expiresIn, rows }: SharedRow): Finding {
  if (holder === null) return { check, status: 'ok', detail: `no gateway is scanning (epoch ${epoch})` };
  if ((expiresIn ?? 0) > 0) {
    return {
      check,
      status: 'ok',
      detail: `${holder} is scanning (epoch ${epoch}): ${counted(rows ?? 0, 'row')} so far, its lease expires in ${seconds(expiresIn ?? 0)}`,
    };
  }
  return {
    check,
    status: 'warn',
    detail: `the lease of ${holder} (epoch ${epoch}) expired ${seconds(-(expiresIn ?? 0))} ago: it died, hangs or cannot reach the database; the next gateway that needs a snapshot takes over`,
  };
}

/** Parts up to this many bytes are read to verify them; about half a million users. */
const largestProbe = 64 * 2 ** 20;

async function checkPublished(
  session: Session,
  check: string,
  name: string,
  { incarnation, sequence, beganAt, age, publication }: SharedRow,
  key: SnapshotKey | undefined,
): Promise<Finding> {
  if (!publication) return { check, status: 'ok', detail: 'nothing is published yet' };
  const { parts, stats } = publication;
  const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const detail = `snapshot ${sequence} is published: ${counted(stats.rows, 'row')}, ${seconds(age ?? 0)} old, ${(bytes / 1e6).toFixed(1)} MB in ${counted(parts.length, 'part')}`;
  const published = { position: { incarnation, sequence }, beganAt: beganAt ?? 0, publication };
  const unusable = await whyUnusable(session, name, published, key);
  if (!unusable) return { check, status: 'ok', detail };
  return { check, status: 'fail', detail: `${detail}; it ${unusable.reason}`, fix: unusable.fix };
}

async function whyUnusable(
  session: Session,
  name: string,
  published: Published,
  key: SnapshotKey | undefined,
): Promise<{ readonly reason: string; readonly fix: string } | undefined> {
  const { parts } = published.publication;
  const scanAnew = `delete from ${objectTable} where name = '${name}';`;
  const hashes = [...new Set(parts.flatMap(({ blocks }) => blocks))];
  const { rows } = await session.query<{ count: number }>(
    `select count(*)::float8 as count from ${blockTable} where object = $1 and hash = any($2)`,
    [name, hashes],
  );
  const missing = hashes.length - (rows[0]?.count ?? 0);
  if (missing > 0) return { reason: `lacks ${missing} of ${hashes.length} blocks`, fix: scanAnew };
  const [place] = [...parts.keys()].sort((a, b) => lengthOf(parts[a]) - lengthOf(parts[b]));
  const smallest = place === undefined ? undefined : parts[place];
  try {
    await assertSealed(name, published, key);
    if (!smallest || place === undefined || smallest.byteLength > largestProbe) return undefined;
    const source = { place: blocksIn(session), object: name, key };
    await verifyPart(source, smallest, place === 0 ? 'whole' : 'delta');
    return undefined;
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    return {
      reason: error.message,
      fix: `give all gateways the same --snapshot-key, or have the object scanned again:\n${scanAnew}`,
    };
  }
}

function lengthOf(part: Publication['parts'][number] | undefined): number {
  return part?.byteLength ?? 0;
}

function blocksIn(session: Session): Pick<ExchangePlace, 'getBlocks'> {
  return {
    async getBlocks(object, hashes) {
      const { rows } = await session.query<{ hash: string; bytes: Buffer }>(
        `select hash, bytes from ${blockTable}
       where object = $1 and hash = any($2) and octet_length(bytes) <= ${blockLength}`,
        [object, hashes],
      );
      return new Map(rows.map(({ hash, bytes }) => [hash, bytes]));
    },
  };
}

function seconds(count: number): string {
  return printDuration(Math.round(count) * 1000);
}
