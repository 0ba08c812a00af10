import { Decimal } from '../number/decimal.ts';
import { roundDecimal } from '../number/decimal-arithmetic.ts';
import type { Numeric } from './numeric-type.ts';
import type { ValueType } from './value-type.ts';

// How a cast to a type with a modifier, such as `varchar(3)` or `numeric(10,2)`, changes the type's values. The modifiers
// are those of Postgres' catalog (pg_attribute.atttypmod).

/** What Postgres adds to the declared length in modifiers of texts and numerics: VARHDRSZ. */
const headerSize = 4;

/** `varchar(n)`: the first n characters. */
export function varcharType(type: ValueType<string>, modifier: number): ValueType<string> {
  return casting(type, (text) => firstCharacters(text, modifier - headerSize));
}

/** `char(n)`: the first n characters, padded with blanks. */
export function charType(type: ValueType<string>, modifier: number): ValueType<string> {
  const length = modifier - headerSize;
  return casting(type, (text) => {
    const cut = firstCharacters(text, length);
    return cut + ' '.repeat(Math.max(0, length - [...cut].length));
  });
}

/** The declared length of a modifier of `varchar` or `char`. */
export function lengthOf(modifier: number): number {
  return modifier - headerSize;
}

/** Characters are code points: one or two UTF-16 units. */
function firstCharacters(text: string, count: number): string {
  return text.length <= count ? text : [...text.slice(0, 2 * count)].slice(0, count).join('');
}

/** `numeric(precision, scale)`: rounded to the scale; a number with too many digits is not a value of the type. */
export function declaredNumericType(type: ValueType<Numeric>, modifier: number): ValueType<Numeric> {
  const declared = modifier - headerSize;
  const precision = (declared >> 16) & 0xffff;
  // The scale is a signed integer of eleven bits.
  const scale = ((declared & 0x7ff) ^ 1024) - 1024;
  return casting(type, (value) => {
    if (value === 'NaN') return value;
    if (!(value instanceof Decimal)) return undefined;
    const rounded = roundDecimal(value, scale);
    const hasRoom = rounded.coefficient === 0n || rounded.magnitude <= precision - scale;
    return hasRoom ? rounded : undefined;
  });
}

/** The epoch from which Postgres rounds: 2000-01-01T00:00:00 in microseconds since 1970. */
const postgresEpoch = 946_684_800_000_000n;

/** `timestamp(p)` and `timestamptz(p)`: rounded to p digits of the second. */
export function roundedInstantType(type: ValueType<bigint>, modifier: number): ValueType<bigint> {
  const scale = 10n ** BigInt(6 - modifier);
  return casting(type, (micros) => {
    if (type.jsonb(micros).includes('infinity')) return micros;
    const since = micros - postgresEpoch;
    const rounded = ((since < 0n ? -since : since) + scale / 2n) / scale;
    return postgresEpoch + (since < 0n ? -rounded : rounded) * scale;
  });
}

/** `time(p)`: rounded to p digits of the second. */
export function roundedTimeType(type: ValueType<number>, modifier: number): ValueType<number> {
  const scale = 10 ** (6 - modifier);
  return casting(type, (micros) => Math.floor((micros + Math.floor(scale / 2)) / scale) * scale);
}

/** @param cast returns undefined if the cast would raise an error */
function casting<T extends string | number | bigint | Numeric>(
  type: ValueType<T>,
  cast: (value: T) => T | undefined,
): ValueType<T> {
  return {
    ...type,
    parse(text) {
      const value = type.parse(text);
      return value === undefined ? undefined : cast(value);
    },
  };
}
