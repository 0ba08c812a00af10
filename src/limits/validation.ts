import {
  BREAK,
  type DocumentNode,
  ExecutableDefinitionsRule,
  GraphQLError,
  type GraphQLSchema,
  isExecutableDefinitionNode,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  validate,
  visit,
} from 'graphql';

/** The maximum number of errors that are reported for a document. Each costs a search for similar names. */
const maxErrors = 20;

/** What clients may learn about the schema. */
export interface Disclosure {
  /** Whether they may introspect it. Only then do errors suggest names. */
  readonly introspection: boolean;
}

/** The errors of a document, up to a limit. */
export function validateWithin(
  schema: GraphQLSchema,
  document: DocumentNode,
  { introspection }: Disclosure,
): readonly InvalidDocumentError[] {
  // Type definitions cannot be executed, and the other rules would take long for them.
  const isExecutable = document.definitions.every(isExecutableDefinitionNode);
  if (!isExecutable) return errorsOf(schema, document, [ExecutableDefinitionsRule], { introspection });
  const rules = [...specifiedRules, SupportedOperationRule, ...(introspection ? [] : [NoIntrospectionRule])];
  return errorsOf(schema, document, rules, { introspection });
}

function errorsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
  { introspection }: Disclosure,
): readonly InvalidDocumentError[] {
  const options = { maxErrors, hideSuggestions: !introspection };
  return validate(schema, document, rules, options).map((error) => new InvalidDocumentError(error));
}

/** Directives that the specification's rules call unknown, although people expect them. */
const unsupported: ReadonlyMap<string, string> = new Map(
  ['defer', 'stream'].map((name) => [
    `Unknown directive "@${name}".`,
    `incremental delivery (@${name}) is not supported`,
  ]),
);

/** An error of a document. The size of its message and locations is limited. */
export class InvalidDocumentError extends GraphQLError {
  constructor({ message, nodes = [], originalError }: GraphQLError) {
    super(shortened(unsupported.get(message) ?? message), {
      nodes: nodes.slice(0, maxErrors),
      originalError,
    });
  }
}

/** Rejects operations of a kind that the schema does not have. */
function SupportedOperationRule(context: ValidationContext): ReturnType<ValidationRule> {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return;
      context.reportError(
        new GraphQLError(
          `everything here is read only: the operation must be a query, not a ${node.operation}`,
          { nodes: node },
        ),
      );
    },
  };
}

/** The root fields that describe the schema: GraphQL's own, and that of a subgraph. */
const schemaFields: ReadonlySet<string> = new Set(['__schema', '__type', '_service']);

/** Rejects the fields that describe the schema. `__typename` is allowed, because it reveals nothing new. */
function NoIntrospectionRule(context: ValidationContext): ReturnType<ValidationRule> {
  return {
    Field(node) {
      const name = node.name.value;
      const isRoot = context.getParentType() === context.getSchema().getQueryType();
      if (!schemaFields.has(name) || !isRoot || !context.getFieldDef()) return;
      context.reportError(
        new GraphQLError(`${name}: introspection is disabled (--introspection)`, { nodes: node }),
      );
    },
  };
}

/** The maximum length of messages. Longer ones are shortened. */
const longestMessage = 1_000;

/** Shortens a message, because it may repeat what the client sent. */
export function shortened(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}…`;
}

/** Removes suggestions from a message, because they may be names of the schema. */
export function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean [\s\S]*$/, '');
}

/** Whether a document introspects the schema. */
export function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name }) {
      found = schemaFields.has(name.value);
      return found ? BREAK : undefined;
    },
  });
  return found;
}
