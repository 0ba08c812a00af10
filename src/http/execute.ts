import { type GraphQLError, execute as interpret } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type Ready, whenReady } from '../columns/ready.ts';
import { CompiledOperation, Unanswered } from '../compiled/compile.ts';
import { GatewayError } from '../errors.ts';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { InterpretedReason, Observe } from '../observation.ts';
import type { AnswerMeter } from './answer-meter.ts';
import type { Asked, Variables } from './asked.ts';
import type { RememberedSize } from './lately-seen.ts';
import type { PreparedOperation } from './prepare.ts';
import { RememberedAnswers } from './remembered-answers.ts';
import { newRuns, type Runs } from './runs.ts';

/** What an operation comes to. */
export type Outcome =
  | {
      /** Undefined where nothing was executed. */
      readonly data: unknown;
      readonly errors: readonly GraphQLError[];
      /** Why it was interpreted. */
      readonly interpreted: InterpretedReason;
    }
  /** An object with `data` alone, as JSON in pieces: there was no error. */
  | { readonly written: readonly Uint8Array[]; readonly isRemembered: boolean };

type Interpreted = Extract<Outcome, { readonly interpreted: unknown }>;

/** What the fields of a request share, and what counts their answer. */
export interface ExecutionContext {
  readonly scope: RequestScope;
  readonly answer: AnswerMeter;
}

/** An operation with the values of its variables. */
export interface Question {
  readonly prepared: PreparedOperation;
  /** As they were sent. */
  readonly variables: Variables;
  /** What its answer is remembered by; undefined where it is not. */
  readonly key: string | undefined;
}

export interface ExecutorOptions {
  /** Where operations are counted, if not for this executor alone. */
  readonly runs?: Runs;
  readonly observe: Observe;
  /** Whether errors may propose names of the schema. */
  readonly suggestions: boolean;
}

/** Bytes that all compiled operations may take together, whatever the number of roles. */
const capacity = 16 * 1024 * 1024;
/** Bytes of a plan for each field of an operation, its fragments written out. */
const bytesPerField = 1_000;

/**
 * The fifth step of the road: runs an operation. Whether it is compiled or interpreted is decided here, and nobody
 * can tell from the answer.
 */
export class Executor {
  readonly #suggestions: boolean;
  readonly #observe: Observe;
  /** How often operations that are not compiled were executed. Keeps none of them alive. */
  readonly #uses = new WeakMap<PreparedOperation, number>();
  readonly #operations = new LRUCache<PreparedOperation, CompiledOperation>({
    maxSize: capacity,
    sizeCalculation: (_compiled, prepared) => bytesCompiled(prepared),
  });

  readonly runs: Runs;
  readonly answers = new RememberedAnswers();

  constructor({ runs = newRuns(), observe, suggestions }: ExecutorOptions) {
    this.runs = runs;
    this.#observe = observe;
    this.#suggestions = suggestions;
  }

  question(prepared: PreparedOperation, asked: Asked): Question {
    return { prepared, variables: asked.variables, key: this.answers.keyOf(prepared, asked) };
  }

  /** How many operations are compiled, and what that takes. */
  get size(): RememberedSize {
    return { entries: this.#operations.size, bytes: this.#operations.calculatedSize };
  }

  execute(question: Question, context: ExecutionContext): Ready<Outcome> {
    const compiled = this.#compiled(question.prepared);
    if (!(compiled instanceof CompiledOperation)) return this.#interpret(question, context, compiled);
    return whenReady(this.#write(question, compiled, context), (written) => {
      if (written instanceof Unanswered) return this.#interpretInstead(question, context, written);
      this.runs.compiled++;
      return { written, isRemembered: false };
    });
  }

  /** The answer of a question that was asked before, where its snapshots are at hand and it is still good. */
  recall({ key }: Question, { scope, answer: meter }: ExecutionContext): Outcome | undefined {
    const known = key === undefined ? undefined : this.answers.find(key, scope);
    if (!known) return undefined;
    meter.write(known.length);
    this.runs.compiled++;
    return { written: [known], isRemembered: true };
  }

  #write(
    { variables, key }: Question,
    compiled: CompiledOperation,
    { scope, answer: meter }: ExecutionContext,
  ): Ready<readonly Uint8Array[] | Unanswered> {
    return whenReady(compiled.run({ scope, variables, meter }), (written) => {
      if (!(written instanceof Unanswered) && key !== undefined) this.answers.remember(key, written, scope);
      return written;
    });
  }

  /** Compiles operations, where that is possible and worthwhile, before they are asked for. */
  warm(operations: Iterable<PreparedOperation>): void {
    for (const prepared of operations) this.#compile(prepared);
  }

  /** What compiled code could not answer. If the interpreter has no error to report either, the code has a bug. */
  async #interpretInstead(
    question: Question,
    context: ExecutionContext,
    { reason, error }: Unanswered,
  ): Promise<Outcome> {
    const outcome = await this.#interpret(question, context, reason);
    const isMeant = reason === 'unsupported' || error instanceof GatewayError;
    if (isMeant || outcome.errors.length > 0) return outcome;
    this.runs.interpreted.error--;
    this.runs.interpreted.failed++;
    this.#observe({
      event: 'compiled-failed',
      operationName: question.prepared.operation.name?.value,
      error,
    });
    return { ...outcome, interpreted: 'failed' };
  }

  async #interpret(
    { prepared, variables }: Question,
    context: ExecutionContext,
    reason: InterpretedReason,
  ): Promise<Interpreted> {
    this.runs.interpreted[reason]++;
    const { schema, document, operation, introspects } = prepared;
    const { data, errors = [] } = await interpret({
      // Introspection is to tell of the schema as clients know it.
      schema: introspects ? schema.schema : schema.executable,
      document,
      operationName: operation.name?.value ?? null,
      variableValues: variables,
      contextValue: context,
      hideSuggestions: !this.#suggestions,
    });
    return { data, errors, interpreted: reason };
  }

  /** The operation's code, compiled once the operation has been asked for often enough; or why there is none. */
  #compiled(prepared: PreparedOperation): CompiledOperation | InterpretedReason {
    const known = this.#operations.get(prepared);
    if (known) return known;
    const uses = 1 + (this.#uses.get(prepared) ?? 0);
    this.#uses.set(prepared, uses);
    if (uses < usesBefore(prepared)) return whyNeverCompiled(prepared) ?? 'new';
    // Counted anew: what is compiled may be forgotten before its document is.
    this.#uses.delete(prepared);
    return this.#compile(prepared);
  }

  #compile(prepared: PreparedOperation): CompiledOperation | InterpretedReason {
    const reason = whyNeverCompiled(prepared);
    if (reason) return reason;
    const { schema, document, operation } = prepared;
    const compiled = new CompiledOperation(schema.executable, document, operation);
    this.#operations.set(prepared, compiled);
    return compiled;
  }
}

/** How many fields an operation may have to be compiled when it is asked for the second time. */
const smallOperation = 100;

/** How often an operation has to be asked for until it is worth compiling: the more often, the more that takes. */
function usesBefore({ size, trusted }: PreparedOperation): number {
  return trusted ? 1 : 1 + Math.ceil(size.fields / smallOperation);
}

/** By which factor fragments may multiply what is written, so that a short text does not become long code. */
const largestGrowth = 4;

/** Bytes of the largest operation that is compiled: one that could not be kept would be compiled again and again. */
const largestCompiled = capacity / 3;

function whyNeverCompiled(prepared: PreparedOperation): 'introspection' | 'too-large' | undefined {
  if (prepared.introspects) return 'introspection';
  if (bytesCompiled(prepared) > largestCompiled) return 'too-large';
  const { fields, written } = prepared.size;
  return fields <= smallOperation || fields <= largestGrowth * written ? undefined : 'too-large';
}

/** A compiled operation keeps its document, also when that is no longer remembered by its text. */
function bytesCompiled({ size, bytes }: PreparedOperation): number {
  return bytes + bytesPerField * size.fields;
}
