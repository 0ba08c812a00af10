import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Piece, PsqlReader } from '../../../src/catalog/sql/psql-reader.ts';

function piecesOf(text: string): Piece[] {
  const reader = new PsqlReader(text);
  const pieces: Piece[] = [];
  for (let piece = reader.next(); piece; piece = reader.next()) pieces.push(piece);
  return pieces;
}

const statementsOf = (text: string) =>
  piecesOf(text).flatMap((piece) => (piece.kind === 'statement' ? [piece.sql] : []));

describe('reading a psql script', () => {
  test('statements end at semicolons, except the last one', () => {
    expect(piecesOf('select 1;\n\n-- two\nselect 2 ; ;\nselect 3')).toEqual([
      { kind: 'statement', sql: 'select 1', line: 1 },
      { kind: 'statement', sql: 'select 2', line: 4 },
      { kind: 'statement', sql: 'select 3', line: 5 },
    ]);
  });

  test.each([
    ['a string', "select 'a;''b;'"],
    ['a string with escapes', "select E'a\\';b'"],
    ['a name', 'select ";" from "a"";b"'],
    ['dollar quotes', 'do $$ begin; $a$ end; $$'],
    ['tagged dollar quotes', 'do $a$ select $$;$$; $a$'],
    ['parentheses', 'create rule r as on insert to t do (select 1; select 2)'],
    ['comments', 'select /* ; /* ; */ ; */ 1 -- ;\n + 1'],
    [
      'the body of an SQL function',
      'create or replace function f() returns int begin atomic; select case when true then 1 end; end',
    ],
    ['a parameter that looks like a dollar quote', 'prepare p as select a$1$ from t'],
  ])('a semicolon in %s ends nothing', (_, sql) => {
    expect(statementsOf(`${sql};select 2;`)).toEqual([sql, 'select 2']);
  });

  test('an unclosed quote or comment extends to the end', () => {
    expect(statementsOf("select 'a; select 2;")).toEqual(["select 'a; select 2;"]);
    expect(statementsOf('do $$ begin;')).toEqual(['do $$ begin;']);
    expect(statementsOf('select 1; /* a; ')).toEqual(['select 1']);
  });

  test("psql's commands are lines of their own, whatever quotes they contain", () => {
    expect(piecesOf("\\restrict it's\r\nselect 1;\r\n\\connect other\r\n")).toEqual([
      { kind: 'command', text: "\\restrict it's", line: 1 },
      { kind: 'statement', sql: 'select 1', line: 2 },
      { kind: 'command', text: '\\connect other', line: 3 },
    ]);
  });

  test('a command may send a statement', () => {
    expect(statementsOf('select 1 \\gset\nselect 2 \\g\n')).toEqual(['select 1', 'select 2']);
  });

  test('copied rows are passed over', () => {
    const reader = new PsqlReader("copy t from stdin;\nit's; $$\n\\.\nselect 1;");
    expect(reader.next()).toMatchObject({ sql: 'copy t from stdin' });
    reader.skipCopyData();
    expect(reader.next()).toEqual({ kind: 'statement', sql: 'select 1', line: 4 });
    expect(reader.next()).toBeUndefined();
  });

  test.each(['-- migrate:', '-- +goose ', '-- +migrate '])(
    'what undoes a migration is told apart (%s)',
    (mark) => {
      expect(piecesOf(`${mark}Up\nselect 1;\n${mark}Down\nselect 2;`).map(({ kind }) => kind)).toEqual([
        'statement',
        'undo',
      ]);
    },
  );

  test('statements are found again, however they are written', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '\n',
      "'x;'",
      '"y;"',
      '$$;$$',
      '$q$ ; $$ $q$',
      '(;)',
      '/* ; */',
      '1',
      ',',
    );
    const statement = fc.array(piece, { maxLength: 8 }).map((pieces) => `s ${pieces.join(' ')}`.trimEnd());
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 6 }), (statements) => {
        expect(statementsOf(statements.map((sql) => `${sql};`).join('\r\n'))).toEqual(statements);
      }),
    );
  });

  test('any text is read to its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a\'"$\\;()/*-\n eE1') }), (text) => {
        expect(piecesOf(text).length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
