import type { PolicyFilter } from './model.ts';

/** A comment, split into its prose and the settings of its `@graphql({…})` directive. */
export interface Comment {
  readonly prose: string | undefined;
  /** Empty where there is no directive. */
  readonly settings: Settings;
  /** Why the directive could not be read; its settings are then empty. */
  readonly malformed: string | undefined;
}

type Settings = { readonly [key: string]: unknown };

/** Splits a comment. A directive that is not well-formed is reported, never thrown. */
export function parseComment(comment: string | undefined): Comment {
  const text = comment ?? '';
  const start = text.indexOf('@graphql(');
  if (start < 0) return { prose: prose(text), settings: {}, malformed: undefined };
  const end = endOfDirective(text, start + '@graphql('.length);
  if (end === undefined) {
    return { prose: prose(text.slice(0, start)), settings: {}, malformed: 'its parenthesis is never closed' };
  }
  const rest = prose(`${text.slice(0, start)}${text.slice(end + 1)}`);
  const json = text.slice(start + '@graphql('.length, end);
  const settings = parseObject(json);
  return settings
    ? { prose: rest, settings, malformed: undefined }
    : { prose: rest, settings: {}, malformed: 'what stands in its parentheses is not a JSON object' };
}

/** The index of the parenthesis that closes the directive; parentheses in JSON strings do not count. */
function endOfDirective(text: string, from: number): number | undefined {
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (character === ')' && !quoted) return i;
  }
  return undefined;
}

function prose(text: string): string | undefined {
  return text.trim() || undefined;
}

function parseObject(json: string): Settings | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads settings one by one, and remembers what was not as it must be and what nobody asked for. */
export class SettingsReader {
  readonly #settings: Settings;
  readonly #read = new Set<string>();
  /** What was wrong, as `name must be …, but got …`. */
  readonly faults: string[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** The keys that no call has asked for. */
  get unknownKeys(): readonly string[] {
    return Object.keys(this.#settings).filter((key) => !this.#read.has(key));
  }

  text(key: string): string | undefined {
    return this.#take(key, 'a string', (value) => (typeof value === 'string' ? value : undefined));
  }

  boolean(key: string): boolean | undefined {
    return this.#take(key, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /** A whole number from 1. */
  count(key: string): number | undefined {
    return this.#take(key, 'a whole number from 1', (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined,
    );
  }

  /** A list of strings that is not empty. */
  names(key: string): readonly string[] | undefined {
    return this.#take(key, 'a list of strings', asNames);
  }

  /** `{"enabled": true}` or `{"enabled": false}`. */
  enabled(key: string): boolean | undefined {
    return this.#take(key, '{"enabled": true} or {"enabled": false}', (value) =>
      isObject(value) && typeof value.enabled === 'boolean' ? value.enabled : undefined,
    );
  }

  foreignKeys(key: string): readonly ForeignKeySetting[] {
    const shape =
      'a list of {"local_columns": […], "foreign_schema": "…", "foreign_table": "…", "foreign_columns": […]}';
    return this.#take(key, shape, (value) => (Array.isArray(value) ? asForeignKeys(value) : undefined)) ?? [];
  }

  /** Filters by role. What is not one leaves its role without a filter, so that a slip hides rows, never shows them. */
  policies(key: string): ReadonlyMap<string, PolicyFilter> | undefined {
    if (!(key in this.#settings)) return undefined;
    const policies = new Map<string, PolicyFilter>();
    const byRole = this.#take(key, 'an object of {"<role>": {"filter": {…}}}', (value) =>
      isObject(value) ? value : undefined,
    );
    for (const [role, policy] of Object.entries(byRole ?? {})) {
      if (isObject(policy) && isObject(policy.filter)) policies.set(role, policy.filter);
      else this.faults.push(`policies.${role} must be {"filter": {…}}, but got ${JSON.stringify(policy)}`);
    }
    return policies;
  }

  #take<T>(key: string, shape: string, read: (value: unknown) => T | undefined): T | undefined {
    this.#read.add(key);
    const value = this.#settings[key];
    if (value === undefined || value === null) return undefined;
    const result = read(value);
    if (result === undefined) this.faults.push(`${key} must be ${shape}, but got ${JSON.stringify(value)}`);
    return result;
  }
}

/** One element of the table directive's `foreign_keys`. */
export interface ForeignKeySetting {
  /** The name of the field on the other table's type. */
  readonly localName: string | undefined;
  readonly localColumns: readonly string[];
  /** The name of the field on this table's type. */
  readonly foreignName: string | undefined;
  readonly foreignSchema: string;
  readonly foreignTable: string;
  readonly foreignColumns: readonly string[];
}

function asForeignKeys(values: readonly unknown[]): ForeignKeySetting[] | undefined {
  const keys = values.map(asForeignKey);
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function asForeignKey(value: unknown): ForeignKeySetting | undefined {
  if (!isObject(value)) return undefined;
  const localColumns = asNames(value.local_columns);
  const foreignColumns = asNames(value.foreign_columns);
  const { local_name: localName, foreign_name: foreignName } = value;
  const { foreign_schema: foreignSchema, foreign_table: foreignTable } = value;
  if (!localColumns || !foreignColumns || localColumns.length !== foreignColumns.length) return undefined;
  if (typeof foreignSchema !== 'string' || typeof foreignTable !== 'string') return undefined;
  return {
    localName: typeof localName === 'string' ? localName : undefined,
    localColumns,
    foreignName: typeof foreignName === 'string' ? foreignName : undefined,
    foreignSchema,
    foreignTable,
    foreignColumns,
  };
}

function asNames(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')
    ? value
    : undefined;
}
