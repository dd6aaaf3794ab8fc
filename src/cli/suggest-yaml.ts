/** Suggested exceptions as YAML, with comments that say what needs them. */
import { printable } from '../audit/printable.ts';
import type { Labels } from '../engine/selector.ts';
import { API_VERSION } from '../policies/schema.ts';
import { wrap } from './layout.ts';
import type { Suggested } from './suggest-exception.ts';
import type { Need } from './suggest-needs.ts';

const WIDTH = 110;
/** Of the reasons for one exception, as many as a person reads. */
const MOST_REASONS = 4;
const MOST_REMEDIES = 2;

const PLAIN = /^[A-Za-z][\w./-]*$/;
const SPECIAL = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

const scalar = (text: string): string => (PLAIN.test(text) && !SPECIAL.test(text) ? text : JSON.stringify(text));

const flowList = (texts: readonly string[]): string => `[${texts.map(scalar).join(', ')}]`;

const flowMap = (map: Labels): string =>
  `{ ${Object.entries(map)
    .map(([key, value]) => `${scalar(key)}: ${scalar(value)}`)
    .join(', ')} }`;

const comment = (text: string, indent = ''): string[] =>
  wrap(printable(text), WIDTH - indent.length - 2).map((line) => `${indent}# ${line}`);

/** What a need keeps: capabilities, escalation, or both. */
function whatOf({ names, escalation }: Need, { spec: { keep = [], rules } }: Suggested): string[] {
  const kept = (names ?? []).filter((name) => keep.includes(name));
  return [...kept, ...(escalation && rules ? ['escalation'] : [])];
}

/** `asked for`, `likely: image redis:7`, or both. */
function signOf({ asked, sure, signs }: Need, most = signs.length): string {
  const known = sure === undefined ? [] : [[sure, signs.slice(0, most).join(', ')].filter(Boolean).join(': ')];
  return printable([...(asked ? ['asked for'] : []), ...known].join('; '));
}

/** Why something is needed, and what to do instead. */
function reasonLines(needs: readonly Need[], suggested: Suggested): string[] {
  const [need] = needs as [Need];
  const what = needs.flatMap((one) => whatOf(one, suggested)).join(', ');
  const missing = needs.flatMap(({ names }) => names ?? []).filter((name) => !suggested.spec.keep?.includes(name));
  const remedies = need.instead.slice(0, MOST_REMEDIES);
  return [
    `${what} (${signOf(need)})${need.why === '' ? '' : `: ${need.why}.`}`,
    ...(missing.length > 0 ? [`${missing.join(', ')} too, which the pod must add first.`] : []),
    ...remedies.map((one) => `Better without: ${one.do}${one.tried ? ' (Tried: it works hardened.)' : ''}`),
  ].flatMap((line) => comment(line, '  '));
}

function keepLines({ spec, needs }: Suggested): string[] {
  const lines = (spec.keep ?? []).map(
    (name) =>
      `    - ${name} # ${signOf(
        needs.find(({ names }) => names?.includes(name))!,
        1,
      )}`,
  );
  return lines.length === 0 ? [] : ['  keep:', ...lines];
}

function ruleLines({ spec: { rules }, needs }: Suggested): string[] {
  if (!rules) return [];
  const need = needs.find(({ escalation }) => escalation);
  return [`  rules: ${flowList(rules)} # ${need ? signOf(need, 1) : 'beside SYS_ADMIN it is no boundary'}`];
}

function matchLines({ spec: { match }, assumed }: Suggested): string[] {
  const { namespaces = [], podSelector, images = [], containers = [], containerKinds } = match!;
  const said = assumed === undefined ? '' : ' # assumed: the manifest names none';
  return [
    '  match:',
    `    namespaces: ${flowList(namespaces)}${said}`,
    ...(podSelector ? [`    podSelector: { matchLabels: ${flowMap(podSelector.matchLabels ?? {})} }`] : []),
    `    images: [${images.map((image) => flowMap(image as Labels)).join(', ')}]`,
    `    containers: ${flowList(containers)}`,
    ...(containerKinds ? [`    containerKinds: ${flowList(containerKinds)}`] : []),
  ];
}

/** One exception. Empty texts are refused by whatever loads it, so that nobody ships it before they are filled in. */
function documentText(suggested: Suggested, name: string): string {
  const telling = suggested.needs.filter((need) => whatOf(need, suggested).length > 0);
  // Names that are asked for one by one may be needed for the same.
  const reasons = [...Map.groupBy(telling, ({ asked, why, names }) => (asked && why === '' ? names : why)).values()];
  const lines = [
    `# ${printable(suggested.title)}`,
    `apiVersion: ${API_VERSION}`,
    'kind: HardeningException',
    `metadata: { name: ${scalar(name)} }`,
    'spec:',
    ...matchLines(suggested),
    ...reasons.slice(0, MOST_REASONS).flatMap((same) => reasonLines(same, suggested)),
    ...keepLines(suggested),
    ...ruleLines(suggested),
    '  reason: "" # why, for whoever reads the records',
    '  owner: "" # who answers for it, as in team-web@example.com',
    '  # expires: "YYYY-MM-DD" # better with: the last day on which it counts',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A name as policies have them, of any text. */
const nameFrom = (text: string): string =>
  text
    .toLowerCase()
    .slice(0, 200)
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '')
    .join('-') || 'exception';

/** All exceptions as one stream of documents, each with a name of its own. */
export function exceptionsText(all: readonly Suggested[]): string {
  const taken = new Set<string>();
  const texts = all.map((suggested) => {
    const wanted = nameFrom(suggested.name);
    let name = wanted;
    for (let i = 2; taken.has(name); i++) name = `${wanted}-${i}`;
    taken.add(name);
    return documentText(suggested, name);
  });
  return texts.join('---\n');
}
