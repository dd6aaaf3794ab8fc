/** The colours of the page, by what they are for, in a light and a dark room. */

/** Texts have a contrast of at least 4.5 to what is behind them, and what is drawn or can be used of at least 3. */
export interface Palette {
  readonly page: string;
  /** Behind tables and boxes. */
  readonly surface: string;
  readonly text: string;
  /** For what is of less weight. */
  readonly muted: string;
  /** Lines between things; says nothing by itself. */
  readonly line: string;
  /** Around fields that can be filled in. */
  readonly border: string;
  readonly accent: string;
  readonly onAccent: string;
  /** Behind texts in `accent`, `good`, `warn` and `bad`. */
  readonly tint: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  /** Bars of what is of less weight. */
  readonly quiet: string;
}

export const LIGHT: Palette = {
  page: '#f6f7f9',
  surface: '#ffffff',
  text: '#1b1f24',
  muted: '#57606a',
  line: '#d8dee4',
  border: '#818b98',
  accent: '#0b5cad',
  onAccent: '#ffffff',
  tint: '#edf3fa',
  good: '#116329',
  warn: '#7d4e00',
  bad: '#b3202a',
  quiet: '#848d97',
};

export const DARK: Palette = {
  page: '#0e1116',
  surface: '#161b22',
  text: '#e6edf3',
  muted: '#9aa5b1',
  line: '#2d343d',
  border: '#6e7681',
  accent: '#6cb2ff',
  onAccent: '#0b1016',
  tint: '#1c2633',
  good: '#5fd07a',
  warn: '#e0a93b',
  bad: '#ff8a80',
  quiet: '#767f89',
};

/** A palette as custom properties. */
export const properties = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour as string};`)
    .join('');
