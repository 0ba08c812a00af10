import fc from 'fast-check';
import { mangled, padded, storableText } from './weird-text.ts';

const digits = fc.oneof(
  fc.nat(20).map(String),
  fc.nat().map(String),
  fc.bigInt({ min: 0n, max: 2n ** 66n }).map(String),
);
const sign = fc.constantFrom('', '', '-', '+');
const edges = fc.constantFrom(
  ...['32767', '32768', '2147483647', '2147483648', '9223372036854775807', '9223372036854775808'],
  ...[
    '0',
    '00',
    '007',
    '1_000',
    '1__0',
    '_1',
    '1_',
    '0x1F',
    '0X_ff',
    '0o17',
    '0b101',
    '0b',
    '0x',
    '0b102',
    '-',
  ],
);

/** Texts that are whole numbers, or nearly. */
export const wholeTexts = padded(
  mangled(
    fc.tuple(sign, fc.oneof(digits, edges)).map((parts) => parts.join('')),
    '0123456789_+-x. e',
  ),
);

const fraction = fc.oneof(
  fc.constant(''),
  fc.nat().map((n) => `.${n}`),
  fc.constantFrom('.', '.0', '.50', '.000'),
);
const exponent = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.integer({ min: -50, max: 50 }).map((n) => `e${n}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('E+3', 'e', 'e400', 'e-400', 'e38', 'e39', 'e-45', 'e-46', 'e1_0'),
  },
);
const words = fc.constantFrom(
  'NaN',
  'nan',
  'Infinity',
  '-infinity',
  'inf',
  '+Inf',
  '-nan',
  'Infinit',
  'in',
  '',
);

/** Texts that are decimal numbers, or nearly. */
export const decimalTexts = padded(
  mangled(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(sign, digits, fraction, exponent).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: fc.tuple(sign, edges).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: words },
      { weight: 1, arbitrary: fc.double().map(String) },
    ),
    '0123456789_+-. eE',
  ),
);

/** Texts that are truth values, or nearly. */
export const boolTexts = padded(
  mangled(
    fc.constantFrom('t', 'true', 'TRUE', 'f', 'False', 'yes', 'no', 'on', 'off', 'of', '1', '0', 'o'),
    'trueonfsy01',
  ),
);

/** Texts that are UUIDs, or nearly. */
export const uuidTexts = fc.oneof(
  mangled(fc.uuid(), '-{}0aAgG '),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc.uuid().map((uuid) => `{${uuid}}`),
  fc.uuid().map((uuid) => uuid.replaceAll('-', '')),
  fc.uuid().map((uuid) => uuid.replaceAll('-', '').replace(/.{4}(?=.)/g, '$&-')),
);

const jsonNumbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(sign, digits, fraction, exponent).map((parts) => parts.join('')),
);
const jsonStrings = fc.oneof(
  storableText.map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u0000"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\u00e9\\/\\b"', '"\\x"', '"tab\t"', '""'),
);

/** Texts that are JSON, or nearly. */
export const jsonTexts: fc.Arbitrary<string> = fc.oneof(
  fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('null', 'true', 'false'),
      jsonNumbers,
      jsonStrings,
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 3 }).map((values) => `[${values.join(' ,')}]`),
    object: fc
      .array(fc.tuple(jsonStrings, tie('value')), { maxLength: 4 })
      .map((members) => `{${members.map((member) => member.join(': ')).join(',')}}`),
  })).value,
  mangled(fc.json(), '[]{}",:\\0e-.+ \n'),
);

const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
const year = fc.oneof(
  fc.integer({ min: 1900, max: 2100 }).map(String),
  fc.constantFrom(
    '0001',
    '0000',
    '9999',
    '10000',
    '294276',
    '294277',
    '4713',
    '4714',
    '5874897',
    '99',
    '999',
  ),
);
const monthName = fc.constantFrom('Jan', 'February', 'sep', 'Sept', 'may', 'JUNE', 'Decem');
const dates = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(year, two(13), two(32)).map((parts) => parts.join('-')) },
  { weight: 1, arbitrary: fc.tuple(year, two(13), two(32)).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: fc.tuple(year, two(13), two(32)).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.tuple(two(13), two(32), year).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: fc.tuple(monthName, two(32), year).map(([m, d, y]) => `${m} ${d}, ${y}`) },
  { weight: 1, arbitrary: fc.tuple(two(32), monthName, year).map((parts) => parts.join(' ')) },
  { weight: 1, arbitrary: fc.tuple(two(32), monthName, year).map((parts) => parts.join('-')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('infinity', '-infinity', '1-1-2000', '2000-2-3', 'epoch', '2000-060'),
  },
);
const seconds = fc.oneof(
  fc.constant(''),
  two(61).map((s) => `:${s}`),
  fc.tuple(two(61), fc.nat().map(String)).map(([s, f]) => `:${s}.${f}`),
  fc.constantFrom(':59.9999999', ':00.0000005', ':00.0000015', ':00.', ':60', ':59.9999995'),
);
const half = fc.constantFrom('', '', '', ' AM', 'PM', ' pm');
const times = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(two(25), fc.constant(':'), two(61), seconds, half).map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('24:00', '24:00:00', '24:00:01', '23:59:60', '1:2:3', '0:00', '12:00 AM'),
  },
);
const zones = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Z', 'z', ' UTC', ' gmt', '+00', '-00:00', '+15:59', '+16', '+5', '+0530'),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('+', '-', ' +'), two(17), fc.constant(':'), two(61))
      .map((p) => p.join('')),
  },
);
const separator = fc.constantFrom('T', ' ', ' ', '  ', 't', '\t');
const era = fc.constantFrom('', '', '', '', '', ' BC', ' ad', 'BC');

/** Texts that are dates, or nearly. */
export const dateTexts = padded(
  mangled(
    fc.tuple(dates, era).map((parts) => parts.join('')),
    '0123456789-/ .TBCn',
  ),
);

/** Texts that are times of day, or nearly. */
export const timeTexts = padded(
  mangled(
    fc.tuple(times, zones).map((parts) => parts.join('')),
    '0123456789:. +-APMZ',
  ),
);

/** Texts that are dates with times and zones, or nearly. */
export const timestampTexts = padded(
  mangled(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(dates, separator, times, zones, era).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: fc.tuple(dates, era).map((parts) => parts.join('')) },
      {
        weight: 1,
        arbitrary: fc
          .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
          .map((date) => date.toISOString()),
      },
    ),
    '0123456789-:. +TZ',
  ),
);

/** Literals of arrays whose elements are texts of some type, or nearly. */
export function arrayTexts(element: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const quoted = element.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`);
  const space = fc.constantFrom('', '', ' ', '\n');
  const item = fc
    .tuple(space, fc.oneof(quoted, element, fc.constantFrom('NULL', 'null', '"NULL"', 'nu\\ll', '')), space)
    .map((parts) => parts.join(''));
  return padded(
    mangled(
      fc.array(item, { maxLength: 4 }).map((items) => `{${items.join(',')}}`),
      '{}",\\ a1N',
    ),
  );
}

const isoDates = fc
  .tuple(fc.integer({ min: 1, max: 12_000 }), two(13), two(32))
  .map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`);
const isoTimes = fc
  .tuple(
    two(25),
    two(61),
    fc.oneof(
      fc.constant(''),
      two(61).map((s) => `:${s}`),
      fc.tuple(two(61), fc.nat().map(String)).map(([s, f]) => `:${s}.${f}`),
    ),
  )
  .map(([h, m, s]) => `${h}:${m}${s}`);
const isoZones = fc.oneof(
  fc.constantFrom('', '', 'Z', '+00:00', '-08', '+0530'),
  fc.tuple(fc.constantFrom('+', '-'), two(17), two(61)).map(([s, h, m]) => `${s}${h}:${m}`),
);

/** Texts as ISO 8601 writes them, of days and times that exist and that do not. */
export const isoTexts = {
  date: isoDates,
  time: fc.tuple(isoTimes, isoZones).map((parts) => parts.join('')),
  timestamp: fc.tuple(isoDates, fc.constantFrom('T', ' '), isoTimes, isoZones).map((parts) => parts.join('')),
};
