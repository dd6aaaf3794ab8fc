/** What became of a request, in words. */
import type { AdmissionResult, Alteration } from './admission-result.ts';
import { printable } from './printable.ts';
import { shownValue } from './shown-value.ts';
import type { Said } from './words.ts';

const podOf = ({ pod }: AdmissionResult): string => (pod ? ` as pod ${printable(pod.name)}` : '');

/** `capabilities.add: proposed unset, found [SYS_ADMIN]`. */
export const alterationText = ({ rule, proposed, found }: Alteration): string =>
  `${rule}: proposed ${shownValue(proposed)}, found ${shownValue(found)}`;

const altered = ({ alterations = [] }: AdmissionResult): string =>
  alterations.map((one) => `${printable(one.container)}: ${alterationText(one)}`).join('; ');

/** What became of a request, in short; nothing where nothing is known. */
export function saidOfResult(result: AdmissionResult | undefined): Said[] {
  if (result === undefined) return [];
  const { status, reason = '' } = result;
  switch (status) {
    case 'admitted':
      return [{ what: `admitted${podOf(result)}`, saying: '', isBad: false }];
    case 'altered':
      return [{ what: `altered${podOf(result)}`, saying: altered(result), isBad: true }];
    case 'not-admitted':
      return [{ what: 'not admitted', saying: printable(reason), isBad: false }];
    case 'unknown':
      return [{ what: 'not known whether admitted', saying: printable(reason), isBad: false }];
  }
}
