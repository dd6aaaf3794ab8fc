/** What may break, in words. */
import { printable } from '../audit/printable.ts';
import type { Forecast, Risk } from '../knowledge/forecast-terms.ts';
import type { Facts } from './explain-facts.ts';
import type { Terminal } from './terminal.ts';
import { WHEN } from './why-words.ts';

const COLOURS: Readonly<Partial<Record<Risk['sure'], 'red' | 'yellow'>>> = { sure: 'red', likely: 'yellow' };

/** Where nothing speaks for a failure: how much that says. */
export function calmLine({ unknown }: Forecast, rights: Facts): string {
  if (rights.lost.length === 0 && rights.before.noNewPrivs === rights.after.noNewPrivs) return 'nothing: nothing goes';
  return unknown.length > 0 ? 'nothing that the manifest tells of' : 'nothing';
}

/** Colours a line about a risk by how sure it is. */
export function paintRisk({ sure }: Risk, text: string, { paint }: Terminal): string {
  const colour = COLOURS[sure];
  return colour ? paint(colour, text) : text;
}

function leastThatMends({ needs, escalation }: Risk): string {
  const flag = escalation ? ', with escalation allowed' : '';
  if (needs === null) return 'no capability mends it';
  if (needs.length === 0) return escalation ? 'escalation alone mends it' : 'it needs no capability';
  return `the least that mends it: ${needs.join(', ')}${flag}`;
}

/** A risk in full: its title, and below it the details, the remedies last. */
export function riskLines(risk: Risk): { readonly title: string; readonly details: readonly string[] } {
  const { title, sure, when, program, signs, silent, instead } = risk;
  const at = [...(program === undefined ? [] : [program]), ...(when === undefined ? [] : [WHEN[when]])].join(', ');
  return {
    title: `${sure}: ${printable(title)}`,
    details: [
      ...(at === '' ? [] : [`what and when: ${printable(at)}`]),
      ...(signs.length > 0 ? [`because of: ${signs.map(printable).join('; ')}`] : []),
      ...(silent === undefined ? [] : [`silent: ${printable(silent)}`]),
      ...instead.map(({ do: what, tried }) => `instead: ${printable(what)}${tried ? ' (tried: works hardened)' : ''}`),
      leastThatMends(risk),
    ],
  };
}
