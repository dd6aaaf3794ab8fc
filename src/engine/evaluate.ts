/** evaluate(request, policies, conditions) → decision. Pure: the same arguments, the same decision. */
import { NOTHING, type Decision } from './decision.ts';
import { exceptionExemption, optOutExemption, type Exemption, type OptOutReport } from './exemption.ts';
import type { Subject } from './match.ts';
import type { Finding } from './finding.ts';
import { findOn } from './judge.ts';
import { optOutOf } from './opt-out.ts';
import { escapeToken, writeAnnotations, writeFields, type Annotation, type PatchOperation } from './patch.ts';
import { enforcingNames, plansFor } from './plan.ts';
import { containersOf, objectAt, type Container, type JsonObject } from './pod.ts';
import type { PolicySet } from './policy-set.ts';
import type { Conditions, Request } from './request.ts';
import { settle } from './settle.ts';
import { isMirror, isWindows } from './skip.ts';
import { annotationsOf, subjectOf } from './subject.ts';
import type { Labels } from './selector.ts';
import { below, wrongType } from './unreadable.ts';

/** The annotation that says which enforcing policies cover a changed pod. Written, never read. */
export const HARDENED = 'dropcap.dev/hardened';

/** The annotation that names the audit record of what was done to a changed pod. The engine writes it and never reads it. */
export const AUDIT_RECORD = 'dropcap.dev/audit-record';

const HARDENED_KEY = { key: HARDENED, token: escapeToken(HARDENED) };
const AUDIT_RECORD_KEY = { key: AUDIT_RECORD, token: escapeToken(AUDIT_RECORD) };

const annotationsFor = (names: readonly string[], { auditRecord }: Conditions): Annotation[] => [
  [HARDENED_KEY, names.join(',')],
  ...(auditRecord === undefined ? [] : [[AUDIT_RECORD_KEY, auditRecord] as const]),
];

const WINDOWS = 'A Windows pod: Linux capabilities mean nothing there, and the API server may refuse the fields.';
const MIRROR = 'A mirror pod: the kubelet runs its own file, so a change here would change nothing that runs.';

const skipped = (base: string, reason: string): Decision => ({
  ...NOTHING,
  findings: [
    {
      container: '',
      kind: 'pod',
      path: `${base}/spec`,
      before: null,
      after: null,
      rule: 'pod',
      policies: [],
      outcome: 'skipped',
      reason,
    },
  ],
});

/** The containers to decide about: all of a new pod's; of an update only the ephemeral containers that are new. */
function judged(request: Request, containers: readonly Container[]): readonly Container[] {
  if (request.operation === 'CREATE') return containers;
  const old = objectAt(objectAt(request.oldObject, 'oldObject')?.['spec'], 'oldObject/spec') ?? {};
  const names = new Set(
    containersOf({ ephemeralContainers: old['ephemeralContainers'] }).map((container) => container.name),
  );
  return containers.filter((container) => container.kind === 'ephemeralContainers' && !names.has(container.name));
}

const PREFIX = 'exception/';

const exceptionNames = (findings: readonly Finding[]): string[] => {
  const names = findings.flatMap((finding) => finding.exemptBy ?? []).filter((name) => name.startsWith(PREFIX));
  return [...new Set(names.map((name) => name.slice(PREFIX.length)))];
};

interface Pod {
  readonly request: Request;
  /** The object that is patched. */
  readonly object: JsonObject;
  /** The object that says who the pod is: on an update the stored one, since the sender may write what it likes. */
  readonly identity: JsonObject;
  readonly annotations: Labels;
  readonly containers: readonly Container[];
}

interface Exemptions {
  readonly exemptions: readonly Exemption[];
  readonly expired: readonly string[];
  readonly optOut: OptOutReport | undefined;
}

const NO_EXEMPTIONS: Exemptions = { exemptions: [], expired: [], optOut: undefined };

function exemptionsFor({ annotations }: Pod, set: PolicySet, subject: Subject, today: string): Exemptions {
  const exceptions = set.exceptionsFor(subject);
  const asked = optOutOf(annotations);
  if (!asked && exceptions.length === 0) return NO_EXEMPTIONS;
  const expired = exceptions.filter(({ spec }) => spec.expires !== undefined && spec.expires < today);
  const exemptions = exceptions.filter((e) => !expired.includes(e)).map((e) => exceptionExemption(e, subject));
  const optOut = asked && optOutExemption(asked, set.policiesFor(subject), subject, today);
  if (optOut) exemptions.push(optOut.exemption);
  return { exemptions, expired: expired.map(({ name }) => name), optOut: optOut?.report };
}

function decide(pod: Pod, containers: readonly Container[], set: PolicySet, conditions: Conditions): Decision {
  const { request, object, identity } = pod;
  const subject = subjectOf(request, identity);
  const policies = set.policiesFor(subject);
  if (policies.length === 0) return NOTHING;
  const { exemptions, expired, optOut } = exemptionsFor(pod, set, subject, conditions.today);
  const planFor = plansFor(policies, exemptions, subject);
  const patch: PatchOperation[] = [];
  const findings: Finding[] = [];
  for (const container of containers) {
    const plan = planFor(container);
    const enforced = settle(container.security, plan.enforced);
    writeFields(patch, request.base, container, enforced.next);
    findOn(findings, container, request.base, plan, enforced, policies);
  }
  const names = enforcingNames(policies);
  if (patch.length > 0 && conditions.annotate && request.operation === 'CREATE')
    writeAnnotations(patch, request.base, object, annotationsFor(names, conditions));
  const exceptionsUsed = exemptions.length > 0 ? exceptionNames(findings) : [];
  return { patch, findings, policies: names, optOut, exceptionsUsed, exceptionsExpired: expired };
}

/** Why dropcap does not touch this pod at all; empty where it does. */
function untouchable({ request, object, identity, annotations }: Pod): string {
  if (isWindows(objectAt(identity['spec'], '/spec') ?? {})) return WINDOWS;
  return isMirror(objectAt(object['spec'], '/spec') ?? {}, annotations, request.user) ? MIRROR : '';
}

function read(request: Request): Pod {
  const object = objectAt(request.object, '');
  if (!object) throw wrongType('', 'object', request.object);
  const identity = request.operation === 'UPDATE' ? objectAt(request.oldObject, 'oldObject') : object;
  // Without the stored pod there would be only the sender's word for who this is.
  if (!identity) throw wrongType('oldObject', 'object', request.oldObject);
  const containers = below('/spec', () => containersOf(objectAt(object['spec'], '') ?? {}));
  return { request, object, identity, annotations: annotationsOf(identity), containers };
}

/**
 * Decides what a pod should look like. Throws `Unreadable` where a field that is read has a type that the API would refuse.
 * On a plain pod's update nothing is decided: its securityContext cannot change any more.
 */
export function evaluate(request: Request, set: PolicySet, conditions: Conditions): Decision {
  if (request.operation === 'UPDATE' && request.subResource !== 'ephemeralcontainers') return NOTHING;
  return below(request.base, () => {
    const pod = read(request);
    const reason = untouchable(pod);
    if (reason) return skipped(request.base, reason);
    return decide(pod, judged(request, pod.containers), set, conditions);
  });
}
