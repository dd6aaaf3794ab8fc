/** Names as Kubernetes has them, and globs on names: a glob that no name can match is an error. */
import * as z from 'zod';
import { checkedBy, type Complaint } from './complaint.ts';

interface NameRule {
  readonly what: string;
  readonly max: number;
  /** Characters that such a name may hold. */
  readonly chars: RegExp;
  readonly says: string;
}

const label = (what: string): NameRule => ({
  what,
  max: 63,
  chars: /^[a-z0-9-]*$/,
  says: 'lower case letters, digits and -',
});

const subdomain = (what: string): NameRule => ({
  what,
  max: 253,
  chars: /^[a-z0-9.-]*$/,
  says: 'lower case letters, digits, - and .',
});

const NAMESPACE = label('a namespace');
const CONTAINER = label('a container name');
const SERVICE_ACCOUNT = subdomain('a service account');

// Each part between dots begins and ends with a letter or digit.
const BAD_EDGE = /^[-.]|[-.]$|[-.]\.|\.-/;

const fits = (text: string, { chars, max }: NameRule): boolean => {
  const fixed = text.replaceAll('*', '');
  return text !== '' && fixed.length <= max && chars.test(fixed.replaceAll('?', '')) && !BAD_EDGE.test(text);
};

function problemWith(text: string, rule: NameRule): Complaint | undefined {
  if (fits(text, rule)) return undefined;
  if (text.length > rule.max && rule.chars.test(text)) return { expected: `at most ${rule.max} characters` };
  const repaired = text.trim().toLowerCase().replaceAll('_', '-');
  return {
    expected: `${rule.what}: ${rule.says}`,
    ...(fits(repaired, rule) ? { didYouMean: repaired } : {}),
  };
}

// For editors: the characters, and those that may stand at the ends.
const LABEL_GLOB = '[a-z0-9*?](?:[a-z0-9*?-]*[a-z0-9*?])?';
const SUBDOMAIN_GLOB = '[a-z0-9*?](?:[a-z0-9*?.-]*[a-z0-9*?])?';

const globOn = (rule: NameRule) =>
  z
    .string()
    .superRefine(checkedBy((text) => problemWith(text, rule)))
    .meta({ pattern: `^${LABEL_GLOB}$` });

/** A glob on namespaces. */
export const namespaceGlob = globOn(NAMESPACE);

/** A glob on the names of containers. */
export const containerGlob = globOn(CONTAINER);

const FULL_NAME = /^system:serviceaccount:([^:]+):([^:]+)$/;

function problemWithServiceAccount(text: string): Complaint | undefined {
  const full = FULL_NAME.exec(text);
  if (full) return { expected: 'name or namespace/name', didYouMean: `${full[1]!}/${full[2]!}` };
  const parts = text.split('/');
  if (parts.length > 2) return { expected: 'name or namespace/name' };
  const name = problemWith(parts.at(-1)!, SERVICE_ACCOUNT);
  return parts.length === 2 ? (problemWith(parts[0]!, NAMESPACE) ?? name) : name;
}

/** A glob on service accounts, `name` for every namespace or `namespace/name`. */
export const serviceAccountGlob = z
  .string()
  .superRefine(checkedBy(problemWithServiceAccount))
  .meta({ pattern: `^(?:${LABEL_GLOB}/)?${SUBDOMAIN_GLOB}$` });

const OBJECT = subdomain('a name');

const problemWithName = (text: string): Complaint | undefined =>
  /[*?]/.test(text) ? { expected: 'a name without wildcards' } : problemWith(text, OBJECT);

/** The name of a policy or an exception. */
export const objectName = z
  .string()
  .superRefine(checkedBy(problemWithName))
  .meta({ pattern: `^${SUBDOMAIN_GLOB.replaceAll('*?', '')}$` });

/** Is this a DNS subdomain, as in the prefix of a label's key? */
export const isSubdomain = (text: string): boolean => !/[*?]/.test(text) && fits(text, OBJECT);
