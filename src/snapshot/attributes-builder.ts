import type { Column } from '../columns/column.ts';
import type { Pace } from '../columns/pace.ts';
import { TextBuilder } from '../columns/text-builder.ts';
import { ScanError } from '../errors.ts';
import { type Shapes, ShapesBuilder } from './shape.ts';
import type { Slot } from './snapshot.ts';

/** Which attributes a snapshot keeps: all of them, or those with these names. */
export type AttributeNeeds = 'all' | ReadonlySet<string>;

/** The needs that cover both. */
export function bothNeeds(a: AttributeNeeds, b: AttributeNeeds): AttributeNeeds {
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}

/**
 * Slots of a snapshot. A Cognito pool has at most 50 custom attributes, 20 standard ones and some of its own, each of which
 * may be repeated or null: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
const mostSlots = 1000;
/** About the bytes that a slot takes without its values. */
const slotBytes = 4096;

/** Collects the attributes of records in the order of their arrival. */
export class AttributesBuilder {
  readonly #needs: AttributeNeeds;
  readonly #names = new Map<string, NamedAttributes>();
  readonly #slots: GrowingSlot[] = [];
  readonly #shapes = new ShapesBuilder();
  #arrival = 0;
  #shape = 0;

  constructor(needs: AttributeNeeds) {
    this.#needs = needs;
  }

  /**
   * Adds an attribute to the record that has not ended yet.
   *
   * @throws ScanError if the records have too many different attributes
   */
  put(name: string, value: string | null): void {
    if (this.#needs !== 'all' && !this.#needs.has(name)) return;
    const slot = this.#slotFor(name, value === null);
    if (value !== null) slot.values?.set(this.#arrival, value);
    this.#shape = this.#shapes.extended(this.#shape, slot.index);
  }

  /** Ends a record, with or without attributes. */
  endRecord(): void {
    this.#shapes.push(this.#shape);
    this.#shape = 0;
    this.#arrival++;
  }

  /** About how many bytes the attributes take so far. */
  get byteLength(): number {
    return this.#slots.reduce(
      (sum, { values }) => sum + slotBytes + (values?.byteLength ?? 0),
      this.#shapes.byteLength,
    );
  }

  /**
   * Encodes slot by slot, and frees the values of each slot as soon as it is encoded.
   *
   * @param order for each row, the position of its record in the order of arrival
   * @param share returns the column itself, or one that equals it
   */
  async finish(
    order: Uint32Array,
    pace: Pace,
    share: (column: Column) => Promise<Column>,
  ): Promise<{ readonly slots: readonly Slot[]; readonly shapes: Shapes }> {
    const slots: Slot[] = [];
    for (const slot of this.#slots) {
      const { name, occurrence } = slot;
      const column = slot.values && (await share(await slot.values.finish(order, pace)));
      slot.values = undefined;
      slots.push({ name, occurrence, column });
    }
    return { slots, shapes: await this.#shapes.finish(order, pace) };
  }

  #slotFor(name: string, isNull: boolean): GrowingSlot {
    const named = this.#names.get(name) ?? this.#learn(name.toWellFormed());
    named.occurrence = named.arrival === this.#arrival ? named.occurrence + 1 : 0;
    named.arrival = this.#arrival;
    const slots = isNull ? named.nulls : named.values;
    return slots[named.occurrence] ?? this.#newSlot(named, slots, isNull ? undefined : new TextBuilder());
  }

  #newSlot(named: NamedAttributes, slots: GrowingSlot[], values: TextBuilder | undefined): GrowingSlot {
    if (this.#slots.length === mostSlots) {
      throw new ScanError(
        'SCAN_INVALID_RESPONSE',
        `the rows have more than ${mostSlots} different attributes, counting repeated and null ones`,
      );
    }
    const { name, occurrence } = named;
    const slot = { index: this.#slots.length, name, occurrence, values };
    this.#slots.push(slot);
    slots[occurrence] = slot;
    return slot;
  }

  #learn(name: string): NamedAttributes {
    const known = this.#names.get(name);
    const named: NamedAttributes = known ?? { name, arrival: -1, occurrence: 0, values: [], nulls: [] };
    this.#names.set(name, named);
    return named;
  }
}

/** The slots of one name, by the occurrence of the name in a record. */
interface NamedAttributes {
  readonly name: string;
  /** The last record that had the name, and the occurrence. */
  arrival: number;
  occurrence: number;
  readonly values: GrowingSlot[];
  readonly nulls: GrowingSlot[];
}

interface GrowingSlot {
  readonly index: number;
  readonly name: string;
  readonly occurrence: number;
  values: TextBuilder | undefined;
}
