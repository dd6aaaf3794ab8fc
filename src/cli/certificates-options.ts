/** Readers of option values that only `dropcap certificates` has. */
import { isLabel, isObjectName, LONGEST_NAME } from '../engine/names.ts';
import { BadInput } from './context.ts';

const wrong = (option: string, text: string, expected: string): BadInput =>
  new BadInput([`error: ${option}: found ${text === '' ? 'nothing' : text}, expected ${expected}`]);

/** The name of a namespace or Service: one label of DNS. */
export const label =
  (option: string) =>
  (text: string): string => {
    if (!isLabel(text)) throw wrong(option, text, 'a name of a-z, 0-9 and -, at most 63 long');
    return text;
  };

/** The name of any other object: labels with dots between them. */
export const objectName =
  (option: string) =>
  (text: string): string => {
    if (!isObjectName(text)) throw wrong(option, text, `a name of a-z, 0-9, - and ., at most ${LONGEST_NAME} long`);
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
