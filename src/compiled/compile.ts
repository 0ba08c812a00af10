import type { Buffer } from 'node:buffer';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { mapReady, type Ready, settleReady, whenReady } from '../columns/ready.ts';
import type { RequestScope } from '../graphql/request-scope.ts';
import { Answer, type AnswerMeter } from './answer.ts';
import type { Keyed, Loaded, Run } from './loaded.ts';
import { NotPlannedError, planOperation } from './plan-builder.ts';
import { ReadyBytes } from './ready-bytes.ts';
import type { RootField } from './root-plan.ts';
import { closeObject } from './row-plan.ts';
import { VariablesReader } from './variables-reader.ts';

/** A compiled operation cannot give the answer, so that it has to be interpreted. */
export class Unanswered {
  /** `unsupported` if the operation has no plan for these variables, `error` if something failed. */
  readonly reason: 'unsupported' | 'error';
  /** What failed; undefined if the variables are invalid. */
  readonly error: unknown;

  constructor(reason: Unanswered['reason'], error?: unknown) {
    this.reason = reason;
    this.error = error;
  }
}

/** How a compiled operation is run. */
export interface RunOptions {
  readonly scope: RequestScope;
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly meter: AnswerMeter;
}

/** The maximum number of plans of an operation: one for each set of values that decide which fields are included. */
const mostPlans = 16;

/**
 * An operation that writes its answer from columns to bytes, without an object for each row and without an interpreter. It uses
 * the same functions as the schema's resolvers, and its answers are identical to those of graphql-js.
 */
export class CompiledOperation {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: VariablesReader;
  /** The variables that decide which fields are included. */
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
    this.#variables = new VariablesReader(schema, operation);
    this.#deciding = decidingVariables(document);
  }

  /** The number of its plans so far, at most 16. Each takes as much memory as the others. */
  get planCount(): number {
    return this.#plans.size;
  }

  /**
   * The answer in pieces: an object with `data` alone, as JSON.
   *
   * @throws the signal's reason if the request has ended, for example because the answer has grown too large
   */
  run({ scope, variables: given, meter }: RunOptions): Ready<readonly Buffer[] | Unanswered> {
    const variables = this.#variables.read(given);
    if (!variables) return new Unanswered('error');
    const plan = this.#planFor(variables);
    if (!plan) return new Unanswered('unsupported');
    const answer = new Answer(scope.pace, meter);
    const run: Run = { scope, schema: this.#schema, variables };
    const write = () => whenReady(writeData(plan, run, answer), () => answer.finish());
    const giveUp = (error: unknown) => {
      answer.release();
      scope.signal.throwIfAborted();
      scope.forgetMatches();
      return new Unanswered('error', error);
    };
    return settleReady<readonly Buffer[], readonly Buffer[] | Unanswered>(
      write,
      (written) => written,
      giveUp,
    );
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

function writeData(fields: readonly Keyed<RootField>[], run: Run, answer: Answer): Ready<void> {
  return whenReady(
    mapReady(fields, ({ value }) => value.load(run)),
    (loaded) => {
      answer.out.raw(begin);
      return writeFields(0, fields, loaded, answer);
    },
  );
}

/** Writes the fields from this one on, synchronously as long as none has to pause. */
function writeFields(
  first: number,
  fields: readonly Keyed<RootField>[],
  loaded: readonly Loaded[],
  answer: Answer,
): Ready<void> {
  for (let i = first; i < fields.length; i++) {
    answer.out.raw(fields[i]?.key ?? begin);
    const writing = loaded[i]?.write(answer, 0);
    if (writing) return writing.then(() => writeFields(i + 1, fields, loaded, answer));
  }
  closeObject(answer.out, fields.length);
  answer.out.byte(closingBrace);
}

const begin = new ReadyBytes('{"data":');
const closingBrace = 0x7d;

/** The variables in directives, of which `@include` and `@skip` decide which fields are included. */
function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: (directive) => {
      visit(directive, { Variable: ({ name }) => void names.add(name.value) });
    },
  });
  return [...names];
}
