/** The page of the documentation that holds all of this knowledge, in Markdown. */
import { CAUSES, MEASURED, PATTERNS, PROGRAMS, SOURCES, SYMPTOMS, type Cause, type Start } from './breakage.ts';
import { mendsOf, verdictOf, type Mend, type Verdict } from './breakage-mend.ts';
import { injectedLines } from './injected-page.ts';
import { cell, table } from './markdown.ts';

const USER = { root: 'root', user: 'another', any: 'any' } as const;
const BREAKS = { drop: 'drop ALL', flag: 'no escalation', each: 'either', nothing: '–', before: 'before' } as const;
const LET_THROUGH: Readonly<Record<Verdict, string>> = {
  given: 'yes',
  'if added': 'if the pod adds it',
  refused: 'no',
  'no use': '–',
};

const code = (text: string): string => (text.includes('`') ? text : `\`${text}\``);

function needed(needs: readonly string[] | null, escalation = false): string {
  if (needs === null) return 'none helps';
  const names = needs.join(' ') || 'none';
  return escalation ? `${names}, and escalation` : names;
}

const mendRow = ({ user, needs, escalation, why, policies }: Mend): string[] => [
  USER[user],
  needed(needs, escalation),
  LET_THROUGH[policies.restricted],
  LET_THROUGH[policies.compatible],
  cell(why),
];

function textsOf({ id }: Cause): string[] {
  const texts = SYMPTOMS.filter(({ cause }) => cause === id).flatMap(({ says = [], known = [] }) => [
    ...says,
    ...known,
  ]);
  return texts.length === 0 ? [] : [`Texts: ${[...new Set(texts)].map(code).join(' · ')}`, ''];
}

const causeSection = (cause: Cause): string[] => [
  `### ${cause.title}`,
  '',
  cell(cause.means) + (cause.pattern === undefined ? '' : ` (Pattern ${cause.pattern}.)`),
  '',
  ...table(
    ['user', 'least', '`restricted` lets it through', '`compatible`', 'why'],
    mendsOf(cause, undefined).map(mendRow),
  ),
  '',
  ...cause.instead.map((one) => `- Without a capability${one.tried ? ', tried' : ''}: ${cell(one.do)}`),
  ...cause.unknown.map((text) => `- Cannot be known from the line: ${cell(text)}`),
  '',
  ...textsOf(cause),
  `Sources: ${cause.sources.map((name) => `[${name}](${SOURCES[name]!})`).join(', ')}`,
  '',
];

const startRow = (program: string, start: Start): string[] => [
  program,
  cell(start.how),
  USER[start.user],
  BREAKS[start.breaks],
  start.breaks === 'nothing' ? '–' : needed(start.needs, start.escalation),
  start.needsWithSysctls === undefined ? '' : needed(start.needsWithSysctls),
  start.breaks === 'nothing' ? 'yes' : LET_THROUGH[verdictOf(start, 'compatible')],
  start.fails ?? '',
  start.instead ? cell(start.instead.do) + (start.instead.tried ? ' (tried)' : '') : '',
];

const COLUMNS = [
  'program',
  'start',
  'user',
  'broken by',
  'least',
  'with sysctls',
  '`compatible`',
  'fails at',
  'instead',
];

const HEAD = `# What breaks when a container is hardened

This page is generated: \`dropcap why --list -o markdown > docs/what-breaks.md\`. Ask it with a line of a log:

\`\`\`
dropcap why "bind() to 0.0.0.0:80 failed (13: Permission denied)"
kubectl logs --previous web-0 | dropcap why -
\`\`\`

${MEASURED} \`least\` names the capabilities that let a start work when all others are dropped: not one of them can be left out.
Give a container these by \`keep\` in a HardeningException; what not every runtime gives by default, the pod must add itself too.`;

/** The whole page, with a newline at its end. */
export function breakagePage(): string {
  const silent = PROGRAMS.flatMap(({ name, starts }) =>
    starts
      .filter((one) => one.silent !== undefined)
      .map((one) => `- **${name}**, ${cell(one.how)}: ${cell(one.silent!)}`),
  );
  const lines = [
    HEAD,
    '',
    '## Patterns',
    '',
    ...PATTERNS.map(({ id, name, says, so }) => `${id}. **${name}.** ${cell(says)} ${cell(so)}`),
    '',
    '## Failures without a word',
    '',
    'A pod that is Running proves little. These do less than they should, and say so nowhere or only in a log.',
    '',
    ...silent,
    '',
    '## Causes',
    '',
    'In the texts `*` stands for anything, and `$` for the end of the line.',
    '',
    ...CAUSES.flatMap(causeSection),
    ...injectedLines(),
    '## Programs',
    '',
    '`broken by`: dropping ALL, forbidding escalation, either of the two alone, or broken before, with the default capabilities.',
    '`with sysctls`: the least where low ports and ping are open to all. `fails at`: `exec` it is not even started, `start` before',
    'it serves, `run` a command ends with an error, `use` it runs on and does not do its work.',
    '',
    ...table(
      COLUMNS,
      PROGRAMS.flatMap(({ name, starts }) => starts.map((start) => startRow(name, start))),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
