import { Buffer } from 'node:buffer';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { RequestScope } from '../graphql/request-scope.ts';
import { Answer, type AnswerMeter } from './answer.ts';
import type { Keyed, Run } from './loaded.ts';
import { NotPlannedError, planOperation } from './plan-builder.ts';
import type { RootField } from './root-plan.ts';
import { closeObject } from './row-plan.ts';

/** How a compiled operation is run. */
export interface RunOptions {
  readonly scope: RequestScope;
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly meter: AnswerMeter;
}

/** Plans of one operation that are kept: one for each set of values that decides what is included. */
const mostPlans = 16;

/**
 * An operation that is answered from columns to bytes, without an object for each row and without an interpreter. Its
 * answers are those of graphql-js with the schema's resolvers, from the same functions.
 */
export class CompiledOperation {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The variables that decide what is included. */
  readonly #deciding: readonly string[];
  readonly #plans = new Map<string, readonly Keyed<RootField>[] | undefined>();

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema;
    this.#operation = operation;
    this.#fragments = new Map(
      document.definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
      ),
    );
    this.#deciding = decidingVariables(document);
  }

  /**
   * The answer in pieces: an object with `data` alone, as JSON. Undefined where there is an error in it, or it cannot be planned:
   * then it is to be interpreted.
   *
   * @throws the signal's reason where the request has ended, also where it was ended because the answer grew too large
   */
  async run({ scope, variables: given, meter }: RunOptions): Promise<readonly Buffer[] | undefined> {
    const { coerced } = getVariableValues(this.#schema, this.#operation.variableDefinitions ?? [], given, {
      maxErrors: 1,
    });
    const plan = coerced && this.#planFor(coerced);
    if (!plan) return undefined;
    const answer = new Answer(scope.pace, meter);
    try {
      const run: Run = { scope, schema: this.#schema, variables: coerced };
      await writeData(plan, run, answer);
      return answer.finish();
    } catch {
      answer.release();
      scope.signal.throwIfAborted();
      // Whatever else went wrong, the interpreter knows how to tell of it.
      scope.forgetMatches();
      return undefined;
    }
  }

  #planFor(variables: Readonly<Record<string, unknown>>): readonly Keyed<RootField>[] | undefined {
    const key = this.#deciding
      .map((name) => (Object.hasOwn(variables, name) ? String(variables[name]) : ''))
      .join();
    const known = this.#plans.get(key);
    if (known || this.#plans.has(key)) return known;
    if (this.#plans.size >= mostPlans) return undefined;
    const plan = this.#plan(variables);
    this.#plans.set(key, plan);
    return plan;
  }

  #plan(variables: Readonly<Record<string, unknown>>): readonly Keyed<RootField>[] | undefined {
    try {
      const context = { schema: this.#schema, fragments: this.#fragments, variables };
      return planOperation(context, this.#operation);
    } catch (error) {
      if (error instanceof NotPlannedError || error instanceof GraphQLError) return undefined;
      throw error;
    }
  }
}

async function writeData(fields: readonly Keyed<RootField>[], run: Run, answer: Answer): Promise<void> {
  const loading = await Promise.allSettled(fields.map(({ value }) => value.load(run)));
  answer.out.raw(begin);
  for (const [i, outcome] of loading.entries()) {
    if (outcome.status === 'rejected') throw outcome.reason;
    answer.out.raw(fields[i]?.key ?? begin);
    const writing = outcome.value.write(answer, 0);
    if (writing) await writing;
  }
  closeObject(answer.out, fields.length);
  answer.out.byte(closingBrace);
}

const begin = Buffer.from('{"data":');
const closingBrace = 0x7d;

/** The variables that stand in directives, of which GraphQL's own decide what is included. */
function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: (directive) => {
      visit(directive, { Variable: ({ name }) => void names.add(name.value) });
    },
  });
  return [...names];
}
