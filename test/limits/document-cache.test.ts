import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { createDocumentCaches } from '../../src/limits/document-cache.ts';

const document = parse('{ a }');

/** A different text of the given length for each number. */
function text(i: number, length = 10_000): string {
  return `${i} `.padEnd(length, 'x');
}

test('a document is remembered', () => {
  const { documentCache } = createDocumentCaches();
  documentCache.set('{ a }', document);
  expect(documentCache.get('{ a }')).toBe(document);
  expect(documentCache.get('{ b }')).toBeUndefined();
});

test('a long document is not', () => {
  const { documentCache } = createDocumentCaches();
  documentCache.set(text(0, 16_385), document);
  expect(documentCache.get(text(0, 16_385))).toBeUndefined();
});

test('the documents that were not asked for the longest are forgotten first', () => {
  const { documentCache } = createDocumentCaches();
  for (let i = 0; i < 52; i++) documentCache.set(text(i), document);
  documentCache.get(text(0));
  for (let i = 52; i < 60; i++) documentCache.set(text(i), document);
  const remembered = Array.from({ length: 60 }, (_, i) => i).filter((i) => documentCache.get(text(i)));
  expect(remembered).toEqual([0, ...Array.from({ length: 51 }, (_, i) => i + 9)]);
});

test('a document that is set again counts once', () => {
  const { documentCache } = createDocumentCaches();
  documentCache.set(text(1), document);
  for (let i = 0; i < 1_000; i++) documentCache.set(text(0), document);
  expect(documentCache.get(text(1))).toBe(document);
});

test('errors are not remembered', () => {
  const { errorCache } = createDocumentCaches();
  errorCache.set('{', new Error('unexpected end'));
  expect(errorCache.get('{')).toBeUndefined();
});
