import { element } from './page-element.ts';

const text = element('#freshness', HTMLElement);

let readAt: number | undefined;
setInterval(showAge, 1000);

/**
 * Shows how old the users are, updated every second.
 *
 * @param age their age now in seconds; if undefined, nothing is shown
 */
export function showFreshness(age: number | undefined): void {
  readAt = age === undefined ? undefined : Date.now() - age * 1000;
  showAge();
}

function showAge(): void {
  text.textContent = readAt === undefined ? '' : `${duration(Math.floor((Date.now() - readAt) / 1000))} old`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, seconds)} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}
