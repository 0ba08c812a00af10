import { type GraphQLError, execute as interpret } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { CacheSize } from '../cache-size.ts';
import { type Ready, whenReady } from '../columns/ready.ts';
import { CompiledOperation, Unanswered } from '../compiled/compile.ts';
import { GatewayError } from '../errors.ts';
import { pacedSchema } from '../graphql/paced-schema.ts';
import type { RequestScope } from '../graphql/request-scope.ts';
import type { Cost } from '../limits/cost.ts';
import type { InterpretedReason, Observe } from '../observation.ts';
import type { AnswerMeter } from './answer-meter.ts';
import type { PreparedOperation } from './prepare.ts';
import { RememberedAnswers } from './remembered-answers.ts';
import type { Asked, Variables } from './request/asked.ts';
import { newRuns, type Runs } from './runs.ts';

/** The outcome of an operation. */
export type Outcome =
  | {
      /** Undefined if nothing was executed. */
      readonly data: unknown;
      readonly errors: readonly GraphQLError[];
      /** Why it was interpreted. */
      readonly interpreted: InterpretedReason;
    }
  /** An answer without errors, as JSON in pieces: an object that has only `data`. */
  | { readonly written: readonly Uint8Array[]; readonly isRemembered: boolean };

type Interpreted = Extract<Outcome, { readonly interpreted: unknown }>;

/** What the resolvers of a request share. */
export interface ExecutionContext {
  readonly scope: RequestScope;
  readonly answer: AnswerMeter;
}

/** An operation with the values of its variables. */
export interface Question {
  readonly prepared: PreparedOperation;
  /** As they were sent. */
  readonly variables: Variables;
  /** The key of its cached answer; undefined if it cannot be cached. */
  readonly key: string | undefined;
}

export interface ExecutorOptions {
  /** Counts the operations; by default only those of this executor. */
  readonly runs?: Runs;
  readonly observe: Observe;
  /** Whether errors may suggest names of the schema. */
  readonly suggestions: boolean;
}

/** The maximum size of all compiled operations of all roles, in bytes. */
const capacity = 16 * 1024 * 1024;
/** The size of a plan in bytes per field, with fragments expanded. */
const bytesPerField = 1_000;

/**
 * The fifth step of the pipeline: runs an operation. Only here it is decided whether it is compiled or interpreted, which makes no
 * difference to the answer.
 */
export class Executor {
  readonly #suggestions: boolean;
  readonly #observe: Observe;
  /** How often operations were executed without being compiled. */
  readonly #uses = new WeakMap<PreparedOperation, number>();
  readonly #operations = new LRUCache<PreparedOperation, CompiledOperation>({
    maxSize: capacity,
    sizeCalculation: ({ planCount }, prepared) => bytesCompiled(prepared, planCount),
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

  /** The number and size of the compiled operations. */
  get size(): CacheSize {
    return { entries: this.#operations.size, bytes: this.#operations.calculatedSize };
  }

  execute(question: Question, context: ExecutionContext, cost: Pick<Cost, 'nodes'>): Ready<Outcome> {
    const compiled = this.#compiled(question.prepared, cost);
    if (!(compiled instanceof CompiledOperation)) return this.#interpret(question, context, compiled);
    const { planCount } = compiled;
    return whenReady(this.#write(question, compiled, context), (written) => {
      if (compiled.planCount > planCount) this.#recount(question.prepared, compiled);
      if (written instanceof Unanswered) return this.#interpretInstead(question, context, written);
      this.runs.compiled++;
      return { written, isRemembered: false };
    });
  }

  /** The cached answer of a repeated question, if its snapshots are still those that a request would read. */
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

  /** Compiles operations before they are requested, if that is possible and worthwhile. */
  warm(operations: Iterable<PreparedOperation>): void {
    for (const prepared of operations) if (!whyNeverCompiled(prepared)) this.#compile(prepared);
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
      // Introspection must describe the schema as clients know it.
      schema: introspects ? pacedSchema(schema.schema, context.scope.pace) : schema.executable,
      document,
      operationName: operation.name?.value ?? null,
      variableValues: variables,
      contextValue: context,
      hideSuggestions: !this.#suggestions,
    });
    return { data, errors, interpreted: reason };
  }

  /** The operation's code, compiled once the operation has been asked for often enough; or why there is none. */
  #compiled(prepared: PreparedOperation, cost: Pick<Cost, 'nodes'>): CompiledOperation | InterpretedReason {
    const known = this.#operations.get(prepared);
    if (known) return known;
    const reason = whyNeverCompiled(prepared);
    if (reason) return reason;
    const uses = 1 + (this.#uses.get(prepared) ?? 0);
    this.#uses.set(prepared, uses);
    if (uses < usesBefore(prepared)) return isWorthOneRun(prepared, cost) ? compile(prepared) : 'rare';
    // Counted again from 0, because compiled code may be evicted before its document.
    this.#uses.delete(prepared);
    return this.#compile(prepared);
  }

  /** Counts the memory of a plan that has been added. */
  #recount(prepared: PreparedOperation, compiled: CompiledOperation): void {
    if (compiled.planCount > 1 && this.#operations.delete(prepared)) this.#operations.set(prepared, compiled);
  }

  #compile(prepared: PreparedOperation): CompiledOperation {
    const compiled = compile(prepared);
    this.#operations.set(prepared, compiled);
    return compiled;
  }
}

function compile({ schema, document, operation }: PreparedOperation): CompiledOperation {
  return new CompiledOperation(schema.executable, document, operation);
}

/** The maximum number of fields of an operation that is compiled on its second use. */
const smallOperation = 100;

/** The number of uses from which an operation is worth compiling, which grows with its size. */
function usesBefore({ size, trusted }: PreparedOperation): number {
  return trusted ? 1 : 1 + Math.ceil(size.fields / smallOperation);
}

/** The nodes of an answer, in total and for each field, from which compiling takes less time and memory than interpreting once. */
const manyNodes = 200;
const nodesPerField = 10;
/** The maximum number of fields of an operation that is compiled for one run: compiling more of them takes too long for one step. */
const mostFieldsForOneRun = 1_000;

/** Each node takes one to three kilobytes while it is interpreted, and as many bytes as its JSON has if it is compiled. */
function isWorthOneRun({ size: { fields } }: PreparedOperation, { nodes }: Pick<Cost, 'nodes'>): boolean {
  return nodes >= manyNodes && nodes >= nodesPerField * fields && fields <= mostFieldsForOneRun;
}

/** The factor by which fragments may multiply the fields of a document, so that a short text does not become long code. */
const largestGrowth = 4;

/** The size of the largest operation that is compiled, because one that cannot be cached would be compiled again and again. */
const largestCompiled = capacity / 3;

function whyNeverCompiled(prepared: PreparedOperation): 'introspection' | 'too-large' | undefined {
  if (prepared.introspects) return 'introspection';
  if (bytesCompiled(prepared) > largestCompiled) return 'too-large';
  const { fields, written } = prepared.size;
  return fields <= smallOperation || fields <= largestGrowth * written ? undefined : 'too-large';
}

/** A compiled operation keeps its document alive, even after that has been evicted. */
function bytesCompiled({ size, bytes }: PreparedOperation, plans = 1): number {
  return bytes + bytesPerField * size.fields * Math.max(1, plans);
}
