/** A user of an emulated pool, in the form in which `ListUsers` sends it. */
export interface PoolUser {
  /** Unique in its pool. */
  readonly Username: string;
  readonly Attributes?: readonly UserAttribute[];
  /** Seconds since 1970-01-01T00:00:00Z, with a fraction. */
  readonly UserCreateDate?: number;
  /** Seconds since 1970-01-01T00:00:00Z, with a fraction. */
  readonly UserLastModifiedDate?: number;
  readonly Enabled?: boolean;
  readonly UserStatus?: string;
}

/** One attribute; custom ones are named `custom:…`. An attribute without a value is legal. */
export interface UserAttribute {
  readonly Name: string;
  readonly Value?: string;
}

/** Whether a value is a user. */
export function isPoolUser(value: unknown): value is PoolUser {
  return (
    typeof value === 'object' && value !== null && 'Username' in value && typeof value.Username === 'string'
  );
}

/** The value of one attribute; undefined if the user does not have it. */
export function attributeOf(user: PoolUser, name: string): string | undefined {
  for (const attribute of user.Attributes ?? []) if (attribute.Name === name) return attribute.Value;
  return undefined;
}
