/** What a policy asks and whom it covers, in words. */
import { ALL, CAPABILITIES } from '../engine/capabilities.ts';
import type { Match, Mode } from '../engine/policy.ts';
import type { Policy, PolicySet } from '../engine/policy-set.ts';
import type { LabelSelector } from '../engine/selector.ts';
import { count, either, listed } from './words.ts';

/** What a mode does. */
export const MODE_WORDS: Readonly<Record<Mode, string>> = {
  enforce: 'changes pods',
  audit: 'records what it would change',
  warn: 'records what it would change, and tells the client',
};

const ESCALATION = {
  any: [],
  'unless-true': ['no privilege escalation, unless a container asks for it'],
  never: ['no privilege escalation'],
} as const;

function allowed({ demand: { judgesAdd, allowedAdd } }: Policy): string[] {
  if (!judgesAdd || allowedAdd.has(ALL)) return [];
  if (allowedAdd.size === 0) return ['nothing may be added'];
  if (allowedAdd.size === CAPABILITIES.length) return ['ALL may not be added'];
  if (allowedAdd.size > 20) return [`only ${count(allowedAdd.size, 'name')} of ${CAPABILITIES.length} may be added`];
  return [`only ${listed([...allowedAdd].sort())} may be added`];
}

/** `drops ALL; gives back CHOWN; …`. */
export function demandWords(policy: Policy): string {
  const { drop, giveBack, escalation } = policy.demand;
  const parts = [
    ...(drop.length > 0 ? [`drops ${listed(drop)}`] : []),
    ...(giveBack.length > 0 ? [`gives back ${listed(giveBack)} where held before`] : []),
    ...allowed(policy),
    ...ESCALATION[escalation],
  ];
  return parts.join('; ') || 'nothing';
}

function selectorWords({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const pairs = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key, operator, values = [] }) =>
    `${key} ${operator} ${values.join('|')}`.trim(),
  );
  return [...pairs, ...others].join(', ');
}

const imageWords = ({ images = [] }: Match): string[] =>
  images.map(
    ({ registry = '*', repository = '*', tag, digest }) =>
      `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`,
  );

const FIELDS = [
  ['serviceAccounts', 'service account'],
  ['workloads', 'workload'],
  ['users', 'user'],
  ['groups', 'group'],
  ['containers', 'container'],
  ['containerKinds', 'kind of container'],
] as const;

/** Whom a policy or an exception covers. */
export function matchWords(match: Match): string {
  const { namespaces, namespaceSelector, podSelector } = match;
  const images = imageWords(match);
  const parts = [
    namespaces && !namespaces.includes('*') ? `namespace ${either(namespaces)}` : '',
    namespaceSelector ? `namespaces labelled ${selectorWords(namespaceSelector)}` : '',
    podSelector ? `pods labelled ${selectorWords(podSelector)}` : '',
    ...FIELDS.map(([field, word]) => (match[field] ? `${word} ${either(match[field])}` : '')),
    images.length > 0 ? `image ${either(images)}` : '',
  ].filter((part) => part !== '');
  return parts.join('; ') || 'all';
}

/** What the gate does for a policy; empty where nothing is said. */
export function gateWords({ gates }: PolicySet, { name }: Policy): string {
  const { missed, unresolved } = gates.get(name) ?? {};
  return [missed && `missed: ${missed}`, unresolved && `unresolved: ${unresolved}`].filter(Boolean).join(', ');
}
