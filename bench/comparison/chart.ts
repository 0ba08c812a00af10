import { count, type Measurement, rate } from './report.ts';

const barHeight = 18;
const labelWidth = 300;
const barsWidth = 420;
const numberWidth = 80;

/** A bar for each server, a group for each case, as an SVG that follows the reader's light or dark theme. */
export function barChart(measurements: readonly Measurement[], caption: string): string {
  const cases = new Set(measurements.map((measurement) => measurement.case));
  const parts: string[] = [];
  let y = 40;
  for (const asked of cases) {
    const group = measurements.filter((measurement) => measurement.case === asked);
    const longest = Math.max(...group.map(rate));
    parts.push(`<text class="case" x="0" y="${y}">${escapeXml(`${asked.name}: ${asked.title}`)}</text>`);
    y += 8;
    for (const measurement of group) {
      const width = Math.max(1, (rate(measurement) / longest) * barsWidth);
      const isOurs = measurement.peer.name === 'gateway';
      parts.push(
        `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${escapeXml(measurement.peer.title.replaceAll('`', ''))}</text>`,
        `<rect class="${isOurs ? 'ours' : 'theirs'}" x="${labelWidth}" y="${y + 1}" width="${width.toFixed(1)}" height="${barHeight - 4}"/>`,
        `<text x="${(labelWidth + width + 6).toFixed(1)}" y="${y + 13}">${count(rate(measurement))}</text>`,
      );
      y += barHeight;
    }
    y += 32;
  }
  const width = labelWidth + barsWidth + numberWidth;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-labelledby="caption">
<title id="caption">${escapeXml(caption)}</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .case { font-weight: 600 }
  .ours { fill: #2f7d4f } .theirs { fill: #b6bdc6 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #4cb07a } .theirs { fill: #5b6470 } }
</style>
<text x="0" y="14">${escapeXml(caption)}</text>
${parts.join('\n')}
</svg>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
