/** A real browser, where this machine has one. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function isThere(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a Chromium: what CHROME names, or the first on PATH; undefined where there is none. */
export const CHROME =
  process.env['CHROME'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isThere);

/** Starts it. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROME!, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
