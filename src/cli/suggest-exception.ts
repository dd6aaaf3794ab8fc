/** The narrowest exception for one container. */
import { canonical } from '../engine/capabilities.ts';
import { forecast } from '../knowledge/forecast.ts';
import type { Chosen } from './explain-container.ts';
import { lossOf, nameOf, objectionTo, placeOf, type Loss } from './suggest-loss.ts';
import { matchFor, type Draft } from './suggest-match.ts';
import { needsOf, type Need, type Wishes } from './suggest-needs.ts';
import { shippedFor } from './suggest-shipped.ts';

/** An exception without reason and owner, and what it is for. */
export interface Suggested {
  /** `Deployment/web container app (deploy.yaml:12)`. */
  readonly title: string;
  /** From the names of the workload and of the container; any text. */
  readonly name: string;
  readonly spec: Draft;
  readonly needs: readonly Need[];
  /** The manifest names no namespace: this one was assumed. */
  readonly assumed: string | undefined;
}

/** What came of one container. */
export interface Suggestion {
  readonly suggested: Suggested | undefined;
  /** Why there is nothing, or less than is needed. Empty without an exception: nothing speaks for a need. */
  readonly remarks: readonly string[];
  /** What was asked for and no exception can give. */
  readonly refused: readonly string[];
}

const RULES = ['allowPrivilegeEscalation'] as const;

/** What of all needs an exception keeps. */
function reliefFor(candidate: Chosen, loss: Loss, needs: readonly Need[]): Pick<Draft, 'keep' | 'rules'> {
  const { capabilities, escalation } = loss;
  const keep = capabilities.filter((name) => needs.some(({ names }) => names?.includes(name))).sort();
  // Where the capabilities cannot be had, escalation gains nothing by itself.
  const isOpen = ({ names, asked }: Need): boolean =>
    asked || !names?.some((name) => objectionTo(candidate, loss, name)?.podFirst);
  // Beside SYS_ADMIN the flag is no boundary, and a gate could refuse the pod for it.
  const spared = escalation && (keep.includes('SYS_ADMIN') || needs.some((need) => need.escalation && isOpen(need)));
  return { ...(keep.length > 0 ? { keep } : {}), ...(spared ? { rules: RULES } : {}) };
}

const remedyOf = ({ instead: [first] }: Need): string => (first === undefined ? '' : ` Instead: ${first.do}`);

/** What is needed, and no exception gives as the pod is. */
function beyond(candidate: Chosen, loss: Loss, need: Need): string[] {
  const { names, sure, why } = need;
  if (names === null) return [`${sure}: ${why}. No capability mends it.${remedyOf(need)}`];
  return names
    .map((name) => objectionTo(candidate, loss, name))
    .filter((objection) => objection?.podFirst)
    .map((objection) => `${sure}: ${why}. But ${objection!.says}.${remedyOf(need)}`);
}

/** Why nothing comes of what was asked for. */
function answerTo(candidate: Chosen, loss: Loss, { options }: Wishes): Pick<Suggestion, 'remarks' | 'refused'> {
  const { keep = [], allowEscalation } = options;
  const objections = keep.map((name) => objectionTo(candidate, loss, name)).filter((one) => one !== undefined);
  if (allowEscalation && !loss.escalation) {
    const podFirst = candidate.container.security.allowPrivilegeEscalation === false;
    const says = podFirst
      ? `no exception can allow escalation: ${placeOf(candidate)} sets allowPrivilegeEscalation: false itself`
      : 'escalation needs no exception: it is not forbidden';
    objections.push({ says, podFirst });
  }
  const [refused, remarks] = [true, false].map((first) =>
    objections.filter(({ podFirst }) => podFirst === first).map(({ says }) => says),
  );
  return { refused: refused!, remarks: remarks! };
}

const namesIn = (needs: readonly Need[]): Set<string> => new Set(needs.flatMap(({ names }) => names ?? []));

/** What the author adds and loses without anything that is known to need it. */
function unexplained(candidate: Chosen, { capabilities }: Loss, needs: readonly Need[]): string[] {
  const { security, name } = candidate.container;
  const added = new Set(security.add.map(canonical));
  const lost = capabilities.filter((one) => added.has(one));
  const there = lost.length > 0 ? shippedFor(candidate) : [];
  if (there.length > 0)
    return [`adds ${lost.join(', ')}: see --policy exceptions, which has ${there.join(', ')} for it`];
  const open = new Set(lost).difference(namesIn(needs));
  if (open.size === 0) return [];
  const keep = `--container ${name} --keep ${[...open].join(',')}`;
  return [`adds ${[...open].join(', ')}, and dropcap knows of nothing here that needs it. If it is needed: ${keep}`];
}

/** The narrowest exception that keeps what a container loses and needs. */
export function suggestException(candidate: Chosen, wishes: Wishes): Suggestion {
  const loss = lossOf(candidate);
  const { needs, leftOut } = needsOf(loss, candidate.container, forecast(loss.launch), wishes);
  const answer = answerTo(candidate, loss, wishes);
  const others = [...namesIn(leftOut).difference(namesIn(needs))];
  const remarks = [
    ...answer.remarks,
    ...needs.filter(({ asked }) => !asked).flatMap((need) => beyond(candidate, loss, need)),
    ...(others.length === 0 ? [] : [`foretold, but not named by --keep, so not kept: ${others.join(', ')}`]),
    ...(wishes.options.keep ? [] : unexplained(candidate, loss, needs)),
  ];
  const relief = reliefFor(candidate, loss, needs);
  const nothing = { suggested: undefined, remarks: [...new Set(remarks)], refused: answer.refused };
  // Half of what was asked for would pass for the whole.
  if (Object.keys(relief).length === 0 || answer.refused.length > 0) return nothing;
  const match = matchFor(candidate);
  if (typeof match === 'string') return { ...nothing, remarks: [...nothing.remarks, match] };
  const { template, namespace } = candidate.decided;
  const suggested = {
    title: `${nameOf(candidate)} (${placeOf(candidate)})`,
    name: template.name === candidate.container.name ? template.name : `${template.name}-${candidate.container.name}`,
    spec: { match, ...relief },
    needs,
    assumed: template.namespace === '' ? namespace : undefined,
  };
  return { ...nothing, suggested };
}
