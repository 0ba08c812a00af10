import pg from 'pg';
import { ScanError, type ScanErrorCode } from '../../errors.ts';
import { RowTooLargeError } from './row-tap.ts';

/**
 * The error of a scan that Postgres, or the connection to it, ended.
 *
 * @param table how the table is called in messages
 */
export function scanFailure(cause: unknown, table: string): ScanError {
  if (cause instanceof ScanError) return cause;
  if (cause instanceof RowTooLargeError) {
    return new ScanError('SCAN_INVALID_RESPONSE', `${table} cannot be read: ${cause.message}`, { cause });
  }
  if (cause instanceof pg.DatabaseError) {
    const code = codeOf(cause.code ?? '');
    return new ScanError(code, `${table} cannot be read: ${sentences[code]} (SQLSTATE ${cause.code})`, {
      cause,
    });
  }
  return new ScanError('SCAN_UNAVAILABLE', `${table} cannot be read: the connection to Postgres was lost`, {
    cause,
  });
}

/** Codes that say more than their class, and classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const codes: Readonly<Record<string, ScanErrorCode>> = {
  // Insufficient privilege, and no such role for `scan_as`.
  '42501': 'SCAN_DENIED',
  '42704': 'SCAN_DENIED',
  '22023': 'SCAN_DENIED',
  // Invalid authorization, here or at the remote.
  '28': 'SCAN_DENIED',
  // No such table, column, schema or file: the catalog has changed since it was read, or the remote's has.
  '42P01': 'SCAN_NOT_FOUND',
  '42703': 'SCAN_NOT_FOUND',
  '3F000': 'SCAN_NOT_FOUND',
  '58P01': 'SCAN_NOT_FOUND',
  HV00R: 'SCAN_NOT_FOUND',
  HV00J: 'SCAN_NOT_FOUND',
  // Data that is no value of the column's type or of the encoding.
  '22': 'SCAN_INVALID_RESPONSE',
};

function codeOf(sqlState: string): ScanErrorCode {
  return codes[sqlState] ?? codes[sqlState.slice(0, 2)] ?? 'SCAN_UNAVAILABLE';
}

const sentences: Partial<Record<ScanErrorCode, string>> = {
  SCAN_DENIED: 'the role that reads it lacks a privilege',
  SCAN_NOT_FOUND: 'what it refers to does not exist',
  SCAN_INVALID_RESPONSE: 'it holds data that is not valid for its types',
  SCAN_UNAVAILABLE: 'its server did not answer as it should',
};
