import { type UserRow, userRows } from '../comparison/rows.ts';

/** What someone writes who has all users in memory: an array in the key's order, and a map by key. */
export class UserStore {
  readonly #rows: readonly UserRow[];
  readonly #byUsername: ReadonlyMap<string, UserRow>;

  constructor(count: number) {
    this.#rows = userRows(count);
    this.#byUsername = new Map(this.#rows.map((row) => [row.username, row]));
  }

  byUsername(username: string): UserRow | null {
    return this.#byUsername.get(username) ?? null;
  }

  collection({ first, offset, filter }: CollectionArguments): Collection {
    const rows = filter ? this.#rows.filter(predicate(filter)) : this.#rows;
    const from = offset ?? 0;
    return {
      totalCount: rows.length,
      edges: rows.slice(from, from + (first ?? 30)).map((node) => ({ node })),
    };
  }
}

export interface CollectionArguments {
  readonly first?: number | null | undefined;
  readonly offset?: number | null | undefined;
  readonly filter?: UsersFilter | null | undefined;
}

export interface UsersFilter {
  readonly status?: { readonly eq?: string | null | undefined } | null | undefined;
  readonly created_at?:
    | { readonly gte?: string | null | undefined; readonly lt?: string | null | undefined }
    | null
    | undefined;
}

export interface Collection {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: UserRow }[];
}

/** Times in this form compare as text. */
function predicate({ status, created_at: createdAt }: UsersFilter): (row: UserRow) => boolean {
  const { gte, lt } = createdAt ?? {};
  const eq = status?.eq;
  return (row) =>
    (eq == null || row.status === eq) &&
    (gte == null || row.created_at >= gte) &&
    (lt == null || row.created_at < lt);
}
