/** Who may read: bearer tokens, checked by the cluster's own means. */
import { createHash } from 'node:crypto';
import { ClusterFailure, refusal, type Ask } from './api.ts';

/** What becomes of a request with a token: it may read, its user may not, or the cluster does not know the token. */
export type Verdict = { readonly user: string; readonly isAllowed: boolean } | 'unauthenticated';

/** Checks a token for a path. Rejects with a `ClusterFailure` where the cluster cannot be asked. */
export type CheckAccess = (token: string, path: string) => Promise<Verdict>;

interface User {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface Review {
  readonly status?: { readonly authenticated?: boolean; readonly user?: User; readonly allowed?: boolean };
}

const GOOD_FOR_MS = 10_000;
const BAD_FOR_MS = 2_000;
const MOST = 1_000;
/** More than this are not waited for: tokens are made up faster than a cluster can say so. */
const MOST_PENDING = 50;
const ANSWER_WITHIN_MS = 10_000;

/** Remembers answers for a while, good ones for longer; whoever asks meanwhile waits for the same answer. */
class Remembered<T> {
  readonly #answers = new Map<string, { readonly answer: Promise<T>; until: number }>();
  readonly #isGood: (answer: T) => boolean;
  readonly #now: () => number;
  #pending = 0;

  constructor(isGood: (answer: T) => boolean, now: () => number) {
    this.#isGood = isGood;
    this.#now = now;
  }

  get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    if (known && this.#now() < known.until) return known.answer;
    if (this.#pending >= MOST_PENDING)
      return Promise.reject(new ClusterFailure('too many tokens are being checked; try again'));
    const entry = { answer: this.#counted(ask), until: Infinity };
    // Anew, to be the youngest.
    this.#answers.delete(key);
    this.#answers.set(key, entry);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST) this.#answers.delete(oldest!);
    entry.answer.then(
      (answer) => (entry.until = this.#now() + (this.#isGood(answer) ? GOOD_FOR_MS : BAD_FOR_MS)),
      () => (entry.until = -Infinity),
    );
    return entry.answer;
  }

  async #counted(ask: () => Promise<T>): Promise<T> {
    this.#pending++;
    try {
      return await ask();
    } finally {
      this.#pending--;
    }
  }
}

/** Whoever asks waits: not as long as the cluster is asked again and again. */
async function inTime<T>(what: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = new ClusterFailure(`${what}: no answer within ${ANSWER_WITHIN_MS / 1000} s`);
    timer = setTimeout(() => reject(failure), ANSWER_WITHIN_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

async function review(ask: Ask, kind: 'TokenReview' | 'SubjectAccessReview', spec: object): Promise<Review['status']> {
  const group = kind === 'TokenReview' ? 'authentication.k8s.io' : 'authorization.k8s.io';
  const body = { apiVersion: `${group}/v1`, kind, spec };
  const path = `/apis/${group}/v1/${kind.toLowerCase()}s`;
  const answer = await inTime(kind, ask('POST', path, { type: 'application/json', body }));
  if (answer.status !== 200 && answer.status !== 201) throw refusal(kind, answer);
  return (answer.body as Review).status;
}

/** The user of a token, if the cluster knows it as one for itself: a token for another audience is none. */
async function userOf(ask: Ask, token: string): Promise<User | undefined> {
  const status = await review(ask, 'TokenReview', { token });
  return status?.authenticated === true ? status.user : undefined;
}

async function mayRead(ask: Ask, { username, uid, groups, extra }: User, path: string): Promise<boolean> {
  const nonResourceAttributes = { path, verb: 'get' };
  const status = await review(ask, 'SubjectAccessReview', {
    user: username,
    uid,
    groups,
    extra,
    nonResourceAttributes,
  });
  return status?.allowed === true;
}

/**
 * Checks tokens by TokenReview, and their users by SubjectAccessReview for `get` on a non-resource path. What the cluster said
 * is remembered for ten seconds, of a refusal for two, by a hash of the token. `now` in milliseconds, never backwards.
 */
export function accessBy(ask: Ask, now: () => number = () => performance.now()): CheckAccess {
  const users = new Remembered<User | undefined>((user) => user !== undefined, now);
  const rights = new Remembered<boolean>((isAllowed) => isAllowed, now);
  return async (token, path) => {
    const hash = createHash('sha256').update(token).digest('base64');
    const user = await users.get(hash, () => userOf(ask, token));
    if (user === undefined) return 'unauthenticated';
    const isAllowed = await rights.get(`${hash} ${path}`, () => mayRead(ask, user, path));
    return { user: user.username ?? '', isAllowed };
  };
}
