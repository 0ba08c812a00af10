import { demoUsers } from '../../src/emulator/population.ts';
import { attributeOf } from '../../src/emulator/user.ts';
import { cutToMilliseconds } from '../../src/source/cognito/page.ts';

/** A user as every server of the comparison answers it; times as Postgres' JSON prints a `timestamp`. */
export interface UserRow {
  readonly username: string;
  readonly email: string | null;
  readonly status: string;
  readonly enabled: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

/** The emulated pool's users as rows, in the order of their usernames' UTF-8 bytes: the key's order everywhere. */
export function userRows(count: number): UserRow[] {
  return demoUsers(count)
    .map((user) => ({
      username: user.Username,
      email: attributeOf(user, 'email') ?? null,
      status: user.UserStatus ?? 'UNKNOWN',
      enabled: user.Enabled ?? false,
      created_at: timestamp(user.UserCreateDate ?? 0),
      updated_at: timestamp(user.UserLastModifiedDate ?? 0),
    }))
    .map((row) => ({ row, bytes: Buffer.from(row.username) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ row }) => row);
}

/** Postgres prints no trailing zeros of a fraction. */
function timestamp(seconds: number): string {
  return new Date(cutToMilliseconds(seconds)).toISOString().replace(/\.?0*Z$/, '');
}
