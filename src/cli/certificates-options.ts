/** Readers of option values that only `dropcap certificates` has. */
import { BadInput } from './context.ts';

const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const LONGEST_NAME = 253;

const wrong = (option: string, text: string, expected: string): BadInput =>
  new BadInput([`error: ${option}: found ${text === '' ? 'nothing' : text}, expected ${expected}`]);

/** The name of a namespace or Service: one label of DNS. */
export const label =
  (option: string) =>
  (text: string): string => {
    if (!new RegExp(`^${LABEL}$`).test(text)) throw wrong(option, text, 'a name of a-z, 0-9 and -, at most 63 long');
    return text;
  };

/** The name of any other object: labels with dots between them. */
export const objectName =
  (option: string) =>
  (text: string): string => {
    const good = text.length <= LONGEST_NAME && new RegExp(`^${LABEL}(?:\\.${LABEL})*$`).test(text);
    if (!good) throw wrong(option, text, `a name of a-z, 0-9, - and ., at most ${LONGEST_NAME} long`);
    return text;
  };

/** A number of whole days. */
export const days =
  (option: string) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,4}$/.test(text) || value < 1 || value > 3_650) throw wrong(option, text, 'days, 1 to 3650');
    return value;
  };
