/**
 * A text as its readers see it, for comparisons: lower case, without accents and invisible characters, with every look-alike
 * of a letter, quote, bracket or separator replaced by the plain one, and with the escapes of other languages resolved.
 * Quotes of all kinds are `"`.
 */
export function folded(text: string): string {
  const resolved = /[&\\%]/.test(text) ? withoutEscapes(text) : text;
  if (!/[^\t\n\r\x20-\x7e]/.test(resolved)) return resolved.toLowerCase().replace(/['`]/g, '"');
  return resolved
    .replace(/['`´′″ʹʺ‚„\p{Pi}\p{Pf}]/gu, '"')
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}]|(?!\s)\p{Cc}/gu, '')
    .toLowerCase()
    .replace(/[^\p{ASCII}\s]/gu, plainCharacter);
}

/** The letters that others look like, followed by those others. Unicode's own list has thousands: https://www.unicode.org/reports/tr39/ */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  [
    'aаαɑᴀ',
    'bвβƅʙ',
    'cсϲςᴄ',
    'dԁđᴅ',
    'eеєεᴇɛ',
    'fғƒꜰϝ',
    'gɡցɢԍ',
    'hһհħнʜի',
    'iіιıɩɪ',
    'jјյȷᴊ',
    'kкκᴋ',
    'lӏłʟɫɭǀ',
    'mмᴍ',
    'nпηոɴπ',
    'oоοօσøᴏө',
    'pрρᴘ',
    'qԛզǫꞯʠ',
    'rгʀᴦɼ',
    'sѕꜱʂ',
    'tтτᴛŧ',
    'uυսцʋᴜμ',
    'vѵνᴠ',
    'wԝѡωաᴡ',
    'xхχ',
    'yуγүʏ',
    'zᴢʐ',
    ':ː꞉∶։׃',
    '=→⇒↦꞊═',
  ].flatMap(([plain = '', ...others]) => others.map((other) => [other, plain] as const)),
);

function plainCharacter(character: string): string {
  const plain = lookAlikes.get(character);
  if (plain !== undefined) return plain;
  if (/\p{Ps}/u.test(character)) return '{';
  return /\p{Pe}/u.test(character) ? '}' : character;
}

/** Escapes of HTML, JavaScript and URLs. */
const escaped =
  /&#(\d{1,7});?|&#x([\da-f]{1,6});?|&([a-z]{2,6});|\\u([\da-f]{4})|\\u\{([\da-f]{1,6})\}|\\x([\da-f]{2})|%([\da-f]{2})/gi;

const namedCharacters: ReadonlyMap<string, string> = new Map([
  ['quot', '"'],
  ['apos', "'"],
  ['lpar', '('],
  ['rpar', ')'],
  ['lcub', '{'],
  ['lbrace', '{'],
  ['rcub', '}'],
  ['rbrace', '}'],
  ['lsqb', '['],
  ['lbrack', '['],
  ['rsqb', ']'],
  ['rbrack', ']'],
  ['colon', ':'],
  ['equals', '='],
  ['commat', '@'],
  ['nbsp', ' '],
  ['lowbar', '_'],
]);

function withoutEscapes(text: string): string {
  // An ampersand may itself be escaped.
  return text
    .replace(/&amp;/gi, '&')
    .replace(escaped, (written, decimal, hexadecimal, name, ...codes) => {
      if (name !== undefined) return namedCharacters.get(name.toLowerCase()) ?? written;
      const code =
        decimal === undefined
          ? Number.parseInt(hexadecimal ?? codes.slice(0, 4).find((each) => each !== undefined), 16)
          : Number.parseInt(decimal, 10);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : written;
    })
    .replace(/\\[nrt](?![a-z])/gi, ' ')
    .replaceAll('\\', '');
}
