import { ConfigurationError } from '../../errors.ts';

/** Postgres' names of encodings that differ from those of the web: https://www.postgresql.org/docs/current/multibyte.html */
const webNames: Readonly<Record<string, string>> = {
  LATIN1: 'iso-8859-1',
  LATIN2: 'iso-8859-2',
  LATIN3: 'iso-8859-3',
  LATIN4: 'iso-8859-4',
  LATIN5: 'iso-8859-9',
  LATIN6: 'iso-8859-10',
  LATIN7: 'iso-8859-13',
  LATIN8: 'iso-8859-14',
  LATIN9: 'iso-8859-15',
  LATIN10: 'iso-8859-16',
  WIN: 'windows-1251',
  ALT: 'ibm866',
  KOI8: 'koi8-r',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  EUC_CN: 'gb2312',
  EUC_JIS_2004: 'euc-jp',
  UHC: 'euc-kr',
  SHIFT_JIS_2004: 'shift_jis',
};

/** How to turn an archive of pg_dump into SQL. */
export function restored(format: string, path: string): string {
  return `${path} is pg_dump's ${format} format; turn it into SQL with: pg_restore -f - ${path} > catalog.sql`;
}

const utf16 = (file: string) => `${file} is UTF-16; save it as UTF-8`;

/** The first bytes of files that are not SQL, and what to do about them. */
const otherKinds: readonly {
  readonly start: readonly number[];
  readonly describe: (file: string) => string;
}[] = [
  { start: [0xff, 0xfe], describe: utf16 },
  { start: [0xfe, 0xff], describe: utf16 },
  { start: [...Buffer.from('PGDMP')], describe: (file) => restored('custom', file) },
  { start: [...Buffer.from('toc.dat\0')], describe: (file) => restored('tar', file) },
  { start: [0x1f, 0x8b], describe: (file) => `${file} is compressed; unpack it with gunzip` },
];

/**
 * The text of a file of SQL. It is UTF-8, or else in the encoding that its `set client_encoding` names, as dumps of
 * databases of other encodings are.
 *
 * @throws ConfigurationError if the file is something else; the message names it
 */
export async function decodeScript(bytes: Uint8Array, file: string): Promise<string> {
  const other = otherKinds.find(({ start }) => start.every((byte, index) => bytes[index] === byte));
  if (other) throw new ConfigurationError(other.describe(file));
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    throw new ConfigurationError(
      `${file} is not text: byte ${zero} is zero (if it is UTF-16, save it as UTF-8)`,
    );
  }
  try {
    return decode(bytes, 'utf-8');
  } catch {
    return decodeAsDeclared(bytes, file);
  }
}

async function decodeAsDeclared(bytes: Uint8Array, file: string): Promise<string> {
  const encoding = await declaredEncoding(decode(bytes, 'iso-8859-1'));
  if (encoding === undefined) {
    throw new ConfigurationError(
      `${file} is neither UTF-8 nor does it set client_encoding; save it as UTF-8`,
    );
  }
  const postgresName = encoding.toUpperCase().replaceAll('-', '_');
  try {
    return decode(
      bytes,
      webNames[postgresName] ?? postgresName.replace(/^WIN(?=\d)/, 'windows-').replaceAll('_', '-'),
    );
  } catch {
    throw new ConfigurationError(
      `${file} is not ${encoding}, the client_encoding that it sets, or that is not known; save it as UTF-8`,
    );
  }
}

/** @throws TypeError if the bytes are not valid in that encoding; RangeError if it is not known */
function decode(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}

async function declaredEncoding(text: string): Promise<string | undefined> {
  const [{ PsqlReader }, { loadParser, parseStatement, readsRowsFromScript }] = await Promise.all([
    import('./psql-reader.ts'),
    import('./statement.ts'),
  ]);
  await loadParser();
  const reader = new PsqlReader(text);
  for (let piece = reader.next(); piece; piece = reader.next()) {
    if (piece.kind !== 'statement') continue;
    const { node } = parseStatement(piece.sql);
    if (readsRowsFromScript(node)) reader.skipCopyData();
    if (!node || !('VariableSetStmt' in node) || node.VariableSetStmt.name !== 'client_encoding') continue;
    const [value] = node.VariableSetStmt.args ?? [];
    if (value && 'A_Const' in value) return value.A_Const.sval?.sval;
  }
  return undefined;
}
