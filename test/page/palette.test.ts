import { describe, expect, test } from '@jest/globals';
import { DARK, LIGHT, type Palette } from '../../src/page/palette.ts';
import { STYLE } from '../../src/page/style.ts';

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a: string, b: string): number => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

const TEXTS = ['text', 'muted', 'accent', 'good', 'warn', 'bad'] as const;
const GROUNDS = ['page', 'surface', 'tint'] as const;
const DRAWN = ['accent', 'quiet', 'border'] as const;

describe.each<[string, Palette]>([
  ['light', LIGHT],
  ['dark', DARK],
])('the %s colours', (_, palette) => {
  test('of texts have a contrast of 4.5 on every ground', () => {
    const low = TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)).filter(
      ([text, ground]) => contrast(palette[text], palette[ground]) < 4.5,
    );
    expect(low).toEqual([]);
    expect(contrast(palette.onAccent, palette.accent)).toBeGreaterThanOrEqual(4.5);
  });

  test('of bars, fields and focus have a contrast of 3 to what is behind them', () => {
    const low = DRAWN.flatMap((drawn) =>
      (['page', 'surface'] as const).map((ground) => [drawn, ground] as const),
    ).filter(([drawn, ground]) => contrast(palette[drawn], palette[ground]) < 3);
    expect(low).toEqual([]);
  });
});

test('the two colours of the chart can be told apart by their brightness, too', () => {
  for (const { accent, quiet } of [LIGHT, DARK]) expect(contrast(accent, quiet)).toBeGreaterThan(1.5);
});

test('the stylesheet has no colours but those of the palettes, and loads nothing', () => {
  const known = new Set([LIGHT, DARK].flatMap((palette) => Object.values(palette) as string[]));
  const colours = STYLE.match(/#[0-9a-f]{3,8}\b/gi) ?? [];
  expect(colours.filter((colour) => !known.has(colour))).toEqual([]);
  expect(STYLE).not.toMatch(/url\(|@import|expression/);
});
