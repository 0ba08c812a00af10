import { Decimal } from './number/decimal.ts';
import { roundDecimal } from './number/decimal-arithmetic.ts';
import type { Numeric } from './type/numeric-type.ts';
import type { ValueType } from './type/value-type.ts';

// What a cast to a type with a modifier makes of the type's values, such as `varchar(3)` or `numeric(10,2)`. The
// modifiers are those of Postgres' catalog (pg_attribute.atttypmod).

/** What the modifiers of texts and numbers count beside what is declared: VARHDRSZ. */
const headerSize = 4;

/** `varchar(n)`: the first n characters. */
export function varcharType(type: ValueType<string>, modifier: number): ValueType<string> {
  return casting(type, (text) => firstCharacters(text, modifier - headerSize));
}

/** `char(n)`: the first n characters, filled up with blanks. */
export function charType(type: ValueType<string>, modifier: number): ValueType<string> {
  const length = modifier - headerSize;
  return casting(type, (text) => {
    const cut = firstCharacters(text, length);
    return cut + ' '.repeat(Math.max(0, length - [...cut].length));
  });
}

/** The characters that a modifier of `varchar` or `char` leaves. */
export function lengthOf(modifier: number): number {
  return modifier - headerSize;
}

/** Characters are code points: of the units of UTF-16 one or two. */
function firstCharacters(text: string, count: number): string {
  return text.length <= count ? text : [...text.slice(0, 2 * count)].slice(0, count).join('');
}

/** `numeric(precision, scale)`: rounded to the scale; what then has too many digits is no value. */
export function declaredNumericType(type: ValueType<Numeric>, modifier: number): ValueType<Numeric> {
  const declared = modifier - headerSize;
  const precision = (declared >> 16) & 0xffff;
  // Eleven bits with a sign.
  const scale = ((declared & 0x7ff) ^ 1024) - 1024;
  return casting(type, (value) => {
    if (value === 'NaN') return value;
    if (!(value instanceof Decimal)) return undefined;
    const rounded = roundDecimal(value, scale);
    const hasRoom = rounded.coefficient === 0n || rounded.magnitude <= precision - scale;
    return hasRoom ? rounded : undefined;
  });
}

/** Postgres counts instants from here when it rounds them: 2000-01-01T00:00:00, in microseconds since 1970. */
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

/** @param cast undefined where the cast would raise */
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
