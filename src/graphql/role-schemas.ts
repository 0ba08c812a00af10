import { type GraphQLSchema, printSchema } from 'graphql';
import type { RoleGrants } from '../model/definition.ts';
import { grantsFingerprint, restrict } from '../model/grants.ts';
import type { Model, Table } from '../model/model.ts';
import { withMeteredFields } from './metered-fields.ts';
import { generateSchema, type SchemaOptions, withNullableFields, withStringsForEnums } from './schema.ts';
import { printSubgraph } from './subgraph-sdl.ts';

/** The schema of one set of grants. */
export interface RoleSchema {
  /** The tables that the role may read, with only its columns. */
  readonly tables: readonly Table[];
  /** The schema for validation, introspection and printing. */
  readonly schema: GraphQLSchema;
  /** The same for execution; see `withNullableFields`. */
  readonly executable: GraphQLSchema;
  /** The schema as text; for a subgraph, what `_service` returns. */
  print(): string;
}

/** How the schemas of the roles are generated. */
export interface RoleSchemaOptions extends SchemaOptions {
  /** Whether a null in a non-null field propagates to its parent, as the GraphQL specification requires. */
  readonly strictNulls?: boolean;
}

/** The schemas of the roles, one per distinct set of grants, each generated on first use. */
export class RoleSchemas {
  readonly #model: Model;
  readonly #options: RoleSchemaOptions;
  readonly #grants: ReadonlyMap<string, RoleGrants>;
  readonly #byFingerprint = new Map<string, RoleSchema>();
  readonly #byRole = new Map<string, RoleSchema>();

  constructor(model: Model, roles: readonly RoleGrants[], options: RoleSchemaOptions) {
    this.#model = model;
    this.#options = options;
    this.#grants = new Map(roles.map((grants) => [grants.role, grants]));
  }

  /** Whether the role exists in Postgres. */
  has(role: string): boolean {
    return this.#grants.has(role);
  }

  /** The role's schema. A role that does not exist in Postgres sees nothing. */
  of(role: string): RoleSchema {
    const known = this.#byRole.get(role);
    if (known) return known;
    const grants = this.#grants.get(role) ?? { role, readable: new Map() };
    const fingerprint = grantsFingerprint(this.#model, grants);
    const schema =
      this.#byFingerprint.get(fingerprint) ?? generate(restrict(this.#model, grants), this.#options);
    this.#byFingerprint.set(fingerprint, schema);
    if (this.#grants.has(role)) this.#byRole.set(role, schema);
    return schema;
  }
}

function generate(model: Model, options: RoleSchemaOptions): RoleSchema {
  const schema = withStringsForEnums(generateSchema(model, options));
  const executable = withMeteredFields(options.strictNulls ? schema : withNullableFields(schema));
  return {
    tables: model.tables,
    schema,
    executable: withStringsForEnums(executable),
    print: () => (options.federation ? printSubgraph(schema, model) : printSchema(schema)),
  };
}
