import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from 'graphql';

/** Texts that arguments of each type may be given, and the values of variables of that type. */
export interface ArgumentSamples {
  /** What an argument may be, as GraphQL; null where it may be left out. */
  of(argument: GraphQLArgument, field: GraphQLField<unknown, unknown>): readonly (SampleValue | null)[];
}

/** One value in both forms. */
export interface SampleValue {
  readonly literal: string;
  readonly json: unknown;
}

/** A document, and values of its variables. */
export interface RandomDocument {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Names that every object of JavaScript has, which must be names like any other. */
const oddNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

/**
 * Any document of a schema: merged fields, aliases, fragments inside fragments, conditions on types, directives
 * everywhere, arguments as literals and as variables with and without defaults. Nearly all are valid.
 */
export function randomDocument(
  schema: GraphQLSchema,
  samples: ArgumentSamples,
): fc.Arbitrary<RandomDocument> {
  return fc.infiniteStream(fc.nat()).map((choices) => new DocumentBuilder(schema, samples, choices).build());
}

interface Variable {
  readonly declaration: string;
  /** Undefined where the variable is not given, and has its default. */
  readonly value: unknown;
  readonly isGiven: boolean;
}

class DocumentBuilder {
  readonly #schema: GraphQLSchema;
  readonly #samples: ArgumentSamples;
  readonly #choices: Iterator<number>;
  readonly #fragments: { readonly name: string; readonly type: string; text: string }[] = [];
  readonly #variables = new Map<string, Variable>();
  #budget = 40;

  constructor(schema: GraphQLSchema, samples: ArgumentSamples, choices: Iterator<number>) {
    this.#schema = schema;
    this.#samples = samples;
    this.#choices = choices;
  }

  build(): RandomDocument {
    const query = this.#schema.getQueryType();
    if (!query) throw new Error('the schema has no queries');
    const set = this.#selectionSet(query, 0);
    const declared = [...this.#variables].map(([name, { declaration }]) => `$${name}: ${declaration}`);
    const head = declared.length > 0 ? `query (${declared.join(', ')})` : 'query';
    const fragments = this.#fragments.map(({ name, type, text }) => `fragment ${name} on ${type} ${text}`);
    const given = [...this.#variables].filter(([, { isGiven }]) => isGiven);
    return {
      text: [`${head} ${set}`, ...fragments].join('\n'),
      variables: Object.fromEntries(given.map(([name, { value }]) => [name, value])),
    };
  }

  #selectionSet(type: GraphQLNamedOutputType, depth: number): string {
    const count = this.#integer(1, depth === 0 ? 3 : 5);
    const selections = Array.from({ length: count }, () => this.#selection(type, depth));
    return `{ ${selections.join(' ')} }`;
  }

  #selection(type: GraphQLNamedOutputType, depth: number): string {
    const kind = depth > 9 || this.#budget <= 0 ? 0 : this.#integer(0, 9);
    if (kind === 7) return this.#inlineFragment(type, depth);
    if (kind === 8 || (kind === 9 && depth > 0)) return this.#fragmentSpread(type, depth);
    return this.#field(type, depth);
  }

  #inlineFragment(type: GraphQLNamedOutputType, depth: number): string {
    const condition = this.#pick([null, ...this.#typesWithin(type)]);
    const inner = condition ?? type;
    return `... ${condition ? `on ${condition.name} ` : ''}${this.#directives()}${this.#selectionSet(inner, depth + 1)}`;
  }

  #fragmentSpread(type: GraphQLNamedOutputType, depth: number): string {
    const condition = this.#pick(this.#typesWithin(type));
    const known = this.#fragments.filter(
      (fragment) => fragment.type === condition.name && fragment.text !== '',
    );
    const reused = known.length > 0 && this.#integer(0, 1) === 1 ? this.#pick(known) : undefined;
    if (reused) return `...${reused.name} ${this.#directives()}`;
    const fragment = { name: `F${this.#fragments.length}`, type: condition.name, text: '' };
    this.#fragments.push(fragment);
    fragment.text = this.#selectionSet(condition, depth + 1);
    return `...${fragment.name} ${this.#directives()}`;
  }

  /** The types that a fragment may be on where this type is. */
  #typesWithin(type: GraphQLNamedOutputType): readonly GraphQLNamedOutputType[] {
    if (isAbstractType(type)) return [type, ...this.#schema.getPossibleTypes(type)];
    return isObjectType(type) ? [type, ...type.getInterfaces()] : [type];
  }

  #field(type: GraphQLNamedOutputType, depth: number): string {
    this.#budget--;
    const fields =
      'getFields' in type && typeof type.getFields === 'function' ? Object.values(type.getFields()) : [];
    const usable = fields.filter((field) => this.#isUsable(field, depth));
    if (usable.length === 0 || this.#integer(0, 12) === 0) return `__typename ${this.#directives()}`;
    const field = this.#pick(usable);
    const form = field.args.length === 0 ? 0 : this.#integer(1, 100_000);
    const alias = this.#alias(form, fields.indexOf(field));
    const inner = getNamedType(field.type);
    const set = isLeafType(inner) ? '' : this.#selectionSet(inner, depth + 1);
    return `${alias}${field.name}${this.#arguments(field)} ${this.#directives()}${set}`;
  }

  #isUsable(field: GraphQLField<unknown, unknown>, depth: number): boolean {
    if (field.name === '_service') return false;
    return isLeafType(getNamedType(field.type)) || (depth < 10 && this.#budget > 0);
  }

  /** Whatever has the same alias is the same field with the same arguments, so that they can be merged. */
  #alias(form: number, place: number): string {
    if (form > 0) return `x${form}: `;
    const odd = this.#integer(0, 7) === 0 ? oddNames[place] : undefined;
    return odd ? `${odd}: ` : '';
  }

  #arguments(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.flatMap((argument) => {
      const sample = this.#pick(this.#samples.of(argument, field));
      if (!sample) return [];
      const asVariable = this.#integer(0, 1) === 1;
      return [
        `${argument.name}: ${asVariable ? this.#variable(String(argument.type), sample) : sample.literal}`,
      ];
    });
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  #variable(type: string, { literal, json }: SampleValue): string {
    const name = this.#newName('v');
    const form = this.#integer(0, 3);
    const hasDefault = form === 1 || form === 2;
    this.#variables.set(name, {
      declaration: `${hasDefault ? type.replace(/!$/, '') : type}${hasDefault ? ` = ${literal}` : ''}`,
      value: json,
      isGiven: form !== 1,
    });
    return `$${name}`;
  }

  #directives(): string {
    const kind = this.#integer(0, 11);
    if (kind > 3) return '';
    const directive = kind % 2 === 0 ? 'include' : 'skip';
    return `@${directive}(if: ${this.#condition()}) `;
  }

  #condition(): string {
    const value = this.#integer(0, 3) > 0;
    if (this.#integer(0, 2) === 0) return String(value);
    const known = [...this.#variables.keys()].filter(
      (name) => name.startsWith('b') || oddNames.includes(name),
    );
    if (known.length > 2) return `$${this.#pick(known)}`;
    const name = this.#newName('b');
    const form = this.#integer(0, 2);
    this.#variables.set(name, {
      declaration: form === 0 ? 'Boolean!' : `Boolean = ${form === 1}`,
      value,
      isGiven: form === 0 || this.#integer(0, 1) === 1,
    });
    return `$${name}`;
  }

  #newName(prefix: string): string {
    const odd = this.#integer(0, 30);
    const name =
      prefix === 'b' && odd < oddNames.length ? (oddNames[odd] ?? prefix) : prefix + this.#variables.size;
    return this.#variables.has(name) ? prefix + this.#variables.size : name;
  }

  #integer(min: number, max: number): number {
    return min + (Number(this.#choices.next().value) % (max - min + 1));
  }

  #pick<T>(values: readonly T[]): T {
    const [picked] = values.slice(this.#integer(0, values.length - 1));
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  }
}
