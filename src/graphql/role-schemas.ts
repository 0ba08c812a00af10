import type { GraphQLSchema } from 'graphql';
import type { RoleGrants } from '../model/definition.ts';
import { grantsFingerprint, restrict } from '../model/grants.ts';
import type { Model } from '../model/model.ts';
import { generateSchema, withNullableRootFields } from './schema.ts';

/** The schema of one set of grants. */
export interface RoleSchema {
  /** What the role is told of: for validation, introspection and printing. */
  readonly schema: GraphQLSchema;
  /** The same for execution; see `withNullableRootFields`. */
  readonly executable: GraphQLSchema;
}

/** The schemas of the roles, one per distinct set of grants, each generated when first asked for. */
export class RoleSchemas {
  readonly #model: Model;
  readonly #grants: ReadonlyMap<string, RoleGrants>;
  readonly #byFingerprint = new Map<string, RoleSchema>();
  readonly #byRole = new Map<string, RoleSchema>();

  constructor(model: Model, roles: readonly RoleGrants[]) {
    this.#model = model;
    this.#grants = new Map(roles.map((grants) => [grants.role, grants]));
  }

  /** Whether Postgres has the role. */
  has(role: string): boolean {
    return this.#grants.has(role);
  }

  /** The role's schema. A role that Postgres does not have may see nothing. */
  of(role: string): RoleSchema {
    const known = this.#byRole.get(role);
    if (known) return known;
    const grants = this.#grants.get(role) ?? { role, readable: new Map() };
    const fingerprint = grantsFingerprint(this.#model, grants);
    const schema = this.#byFingerprint.get(fingerprint) ?? generate(restrict(this.#model, grants));
    this.#byFingerprint.set(fingerprint, schema);
    if (this.#grants.has(role)) this.#byRole.set(role, schema);
    return schema;
  }
}

function generate(model: Model): RoleSchema {
  const schema = generateSchema(model);
  return { schema, executable: withNullableRootFields(schema) };
}
