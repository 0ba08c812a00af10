import { type Random, seededRandom } from '../../src/emulator/random.ts';
import type { UserRow } from './rows.ts';

/** How a server names its fields: as this gateway does, or as PostGraphile does. */
export type Dialect = 'collection' | 'postgraphile';

/** One kind of request, whose answer has the same shape from every server. */
export interface Case {
  readonly name: string;
  readonly title: string;
  readonly documents: Readonly<Record<Dialect, string>>;
  /** Whether no request may be sent twice to a server. */
  readonly neverRepeats?: boolean;
  /** Variables of one request after another, the same for the same users. */
  variables(rows: readonly UserRow[], random: Random): object;
}

const fields = 'username email status enabled created_at updated_at';
const renamedFields = 'username email status enabled created_at: createdAt updated_at: updatedAt';

/** Readers turn pages near the front. */
const offsets = 1000;
/** The share of all users that one window of the never-seen filter holds, at most. */
const windowShare = 0.01;

export const cases: readonly Case[] = [
  {
    name: 'page',
    title: 'first 20 × 6 fields, varying offset',
    documents: pageDocuments('$offset: Int'),
    variables: (rows, random) => ({ offset: pickOffset(rows, random) }),
  },
  {
    name: 'key',
    title: 'one row by key × 6 fields, varying key',
    documents: {
      collection: `query ($username: String!) { usersByPk(username: $username) { ${fields} } }`,
      postgraphile: `query ($username: String!) { usersByPk: userByUsername(username: $username) { ${renamedFields} } }`,
    },
    variables: (rows, random) => ({ username: pick(rows, random).username }),
  },
  {
    name: 'same',
    title: 'an identical request: first 20 × 6 fields',
    documents: pageDocuments('$offset: Int'),
    variables: () => ({ offset: 0 }),
  },
  {
    name: 'filter',
    title: 'status = x with totalCount, first 20, varying offset',
    documents: {
      collection: `query ($status: String!, $offset: Int) { usersCollection(first: 20, offset: $offset, filter: { status: { eq: $status } }) { totalCount edges { node { ${fields} } } } }`,
      postgraphile: `query ($status: String!, $offset: Int) { usersCollection: allUsers(first: 20, offset: $offset, filter: { status: { equalTo: $status } }) { totalCount edges { node { ${renamedFields} } } } }`,
    },
    variables: (rows, random) => ({ status: 'UNCONFIRMED', offset: pickOffset(rows, random) }),
  },
  {
    name: 'unseen',
    title: 'a filter never seen before: created_at within a window, with totalCount, first 20',
    neverRepeats: true,
    documents: {
      collection: `query ($from: Datetime!, $to: Datetime!) { usersCollection(first: 20, filter: { created_at: { gte: $from, lt: $to } }) { totalCount edges { node { ${fields} } } } }`,
      postgraphile: `query ($from: Datetime!, $to: Datetime!) { usersCollection: allUsers(first: 20, filter: { createdAt: { greaterThanOrEqualTo: $from, lessThan: $to } }) { totalCount edges { node { ${renamedFields} } } } }`,
    },
    variables: (rows, random) => {
      const from = Date.parse(`${pick(rows, random).created_at}Z`);
      const to = from + Math.ceil((0.1 + 0.9 * random()) * windowShare * sevenYears);
      return { from: withoutZone(from), to: withoutZone(to) };
    },
  },
];

/** Requests' bodies for one server, each with the next variables. */
export function requestBodies(
  { documents, variables, name }: Case,
  dialect: Dialect,
  rows: readonly UserRow[],
  count: number,
): string[] {
  const random = seededRandom(name.length);
  const query = JSON.stringify(documents[dialect]);
  return Array.from(
    { length: count },
    () => `{"query":${query},"variables":${JSON.stringify(variables(rows, random))}}`,
  );
}

/** In which the emulated users signed up. */
const sevenYears = 7 * 365 * 86_400_000;

function pageDocuments(variable: string): Case['documents'] {
  return {
    collection: `query (${variable}) { usersCollection(first: 20, offset: $offset) { edges { node { ${fields} } } } }`,
    postgraphile: `query (${variable}) { usersCollection: allUsers(first: 20, offset: $offset) { edges { node { ${renamedFields} } } } }`,
  };
}

function pickOffset(rows: readonly UserRow[], random: Random): number {
  return Math.floor(random() * Math.min(offsets, rows.length));
}

function pick(rows: readonly UserRow[], random: Random): UserRow {
  const row = rows[Math.floor(random() * rows.length)];
  if (row === undefined) throw new Error('the comparison needs at least one user');
  return row;
}

function withoutZone(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}
