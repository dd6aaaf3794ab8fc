/** The demonstration's page: what each request came to, as a person reads it. */
import { styleText } from 'node:util';
import type { AuditRecord } from '../../src/audit/record.ts';
import type { FieldValue, Finding, Outcome } from '../../src/engine/finding.ts';

const WIDTH = Math.min(process.stdout.columns || 110, 130);

type Style = Parameters<typeof styleText>[0];

const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

const COLOURS: Record<Outcome, Style> = {
  hardened: 'green',
  audited: 'cyan',
  exempt: 'yellow',
  unresolved: 'magenta',
  skipped: 'blue',
  missed: 'red',
};

const shown = (value: FieldValue): string => {
  if (value === null) return '(unset)';
  return typeof value === 'boolean' ? String(value) : `[${value.join(', ')}]`;
};

/** Breaks a text into lines of the page's width, indented. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line !== indent) {
      lines.push(line);
      line = indent;
    }
    line += `${line === indent ? '' : ' '}${word}`;
  }
  return [...lines, line].join('\n');
}

function printFinding({ container, rule, before, after, outcome, reason }: Finding): void {
  const change = outcome === 'hardened' ? `${shown(before)} → ${paint('bold', shown(after))}` : shown(before);
  const field = rule === 'pod' ? 'the whole pod' : `${container}  ${rule}  ${change}`;
  console.log(`  ${paint(COLOURS[outcome], outcome.padEnd(10))} ${field}`);
  console.log(paint('dim', wrapped(reason, '             ')));
}

/** Prints the heading of a request. */
export function printTitle(title: string, changed: boolean): void {
  const verdict = changed ? paint('green', 'patched') : paint('dim', 'no patch');
  console.log(`\n${paint(['bold', 'underline'], title)}  ${verdict}`);
}

/** Prints what the audit trail says of a request, and the line itself, cut to the page. */
export function printRecord(record: AuditRecord | undefined): void {
  if (!record) {
    console.log(paint('dim', '  Complies already: nothing changed, nothing recorded.'));
    return;
  }
  record.findings.forEach(printFinding);
  const line = JSON.stringify(record);
  console.log(paint('dim', `  audit      ${line.length > WIDTH - 14 ? `${line.slice(0, WIDTH - 14)}…` : line}`));
}

/** Prints a warning that the client would see. */
export const printWarning = (warning: string): void =>
  console.log(`  ${paint('yellow', 'Warning:'.padEnd(10))} ${warning}`);

/** Prints a paragraph. */
export const printText = (text: string): void => console.log(wrapped(text, ''));
