/** Requirements of one label selector that cannot hold together. */
import { complain, isMap, textsOf, type Complaints } from './complaint.ts';

/** What the requirements on one key leave over. */
interface Left {
  present: boolean;
  absent: boolean;
  allowed: ReadonlySet<string> | undefined;
  forbidden: ReadonlySet<string>;
}

const NOTHING_ASKED: Left = { present: false, absent: false, allowed: undefined, forbidden: new Set() };

function narrow(left: Left, operator: unknown, values: ReadonlySet<string>): Left {
  switch (operator) {
    case 'In':
      return { ...left, present: true, allowed: left.allowed?.intersection(values) ?? values };
    case 'NotIn':
      return { ...left, forbidden: left.forbidden.union(values) };
    case 'Exists':
      return { ...left, present: true };
    case 'DoesNotExist':
      return { ...left, absent: true };
    default:
      return left;
  }
}

const impossible = ({ present, absent, allowed, forbidden }: Left): boolean =>
  (present && absent) || allowed?.difference(forbidden).size === 0;

const CONTRADICTS = 'never matches: contradicts what is asked of the same label before';

type Asked = Readonly<Record<string, unknown>>;

const expressionsOf = (selector: Asked): unknown[] =>
  Array.isArray(selector['matchExpressions']) ? (selector['matchExpressions'] as unknown[]) : [];

/** A requirement that can be judged: an In without values is complained about elsewhere. */
const isJudged = (expression: unknown): expression is Asked & { readonly key: string } =>
  isMap(expression) &&
  typeof expression['key'] === 'string' &&
  (expression['operator'] !== 'In' || (textsOf(expression['values'])?.length ?? 0) > 0);

/** Complains about each requirement of a selector that those before it rule out. */
export function checkContradictions(selector: unknown, complaints: Complaints): void {
  if (!isMap(selector)) return;
  const left = new Map<string, Left>();
  for (const [key, value] of Object.entries(isMap(selector['matchLabels']) ? selector['matchLabels'] : {}))
    left.set(key, narrow(NOTHING_ASKED, 'In', new Set([String(value)])));
  for (const [i, expression] of expressionsOf(selector).entries()) {
    if (!isJudged(expression)) continue;
    const before = left.get(expression.key) ?? NOTHING_ASKED;
    const after = narrow(before, expression['operator'], new Set(textsOf(expression['values'])));
    left.set(expression.key, after);
    if (impossible(after) && !impossible(before))
      complain(complaints, ['matchExpressions', i], {
        expected: 'requirements that can hold together',
        message: CONTRADICTS,
      });
  }
}
