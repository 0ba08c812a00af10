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

/** How many errors of one document are looked for. Each costs a search for similar names. */
const maxErrors = 20;

/** What clients may learn of the schema. */
export interface Disclosure {
  /** Whether they may introspect it; only then do errors propose names that were not asked for. */
  readonly introspection: boolean;
}

/** What is wrong with the document, within bounds; nothing where it is valid. */
export function validateWithin(
  schema: GraphQLSchema,
  document: DocumentNode,
  { introspection }: Disclosure,
): readonly InvalidDocumentError[] {
  // Definitions of types are never executed, however long the other rules would look at them.
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

/** What the specification's rules call unknown, and people expect to be known. */
const unsupported: ReadonlyMap<string, string> = new Map(
  ['defer', 'stream'].map((name) => [
    `Unknown directive "@${name}".`,
    `incremental delivery (@${name}) is not supported`,
  ]),
);

/** What is wrong with a document. Message and places have a size that does not depend on the document. */
export class InvalidDocumentError extends GraphQLError {
  constructor({ message, nodes = [], originalError }: GraphQLError) {
    super(shortened(unsupported.get(message) ?? message), {
      nodes: nodes.slice(0, maxErrors),
      originalError,
    });
  }
}

/** Refuses operations of a kind that the schema has no type for. */
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

/** The root fields that tell of the schema: GraphQL's own, and that of a subgraph. */
const schemaFields: ReadonlySet<string> = new Set(['__schema', '__type', '_service']);

/** Refuses the fields that tell of the schema, and nothing else: `__typename` tells only what the query knows. */
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

/** Characters of the longest message that is not cut. */
const longestMessage = 1_000;

/** A message that may repeat what the client sent, but not all of it. */
export function shortened(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}…`;
}

/** An error's message without what it proposes instead, which may be names of the schema. */
export function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean [\s\S]*$/, '');
}

/** Whether a document asks for the schema itself. */
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
