/** Events of a cluster (events.k8s.io/v1): what is told about an object, for as long as the cluster keeps it. */
import { refusal, type Ask } from './api.ts';

/** The object that something is told about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty for an object that is not there yet: the API server gives it one later. */
  readonly uid: string;
}

/** One Event. */
export interface ToldEvent {
  /** Of the Event itself, in the namespace of what it is about. */
  readonly name: string;
  readonly regarding: Regarding;
  /** In one word, as CapabilitiesDropped. */
  readonly reason: string;
  readonly type: 'Normal' | 'Warning';
  /** For people; at most 1,024 bytes. */
  readonly note: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Which replica tells it; 1 to 128 characters. */
  readonly instance: string;
}

/** Writes an Event. Rejects with a `ClusterFailure` where the cluster does not take it, or cannot be reached. */
export type WriteEvent = (event: ToldEvent) => Promise<void>;

const CONTROLLER = 'dropcap.dev/webhook';
const ACTION = 'Harden';

// The API server reads exactly six digits.
const microTime = (time: number): string => new Date(time).toISOString().replace('Z', '000Z');

const objectOf = ({ name, regarding, reason, type, note, time, instance }: ToldEvent): object => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name, namespace: regarding.namespace },
  eventTime: microTime(time),
  reportingController: CONTROLLER,
  reportingInstance: instance,
  action: ACTION,
  reason,
  type,
  note,
  regarding: { ...regarding, uid: regarding.uid || undefined },
});

/** Writes Events to a cluster. */
export const eventsTo =
  (ask: Ask): WriteEvent =>
  async (event) => {
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(event.regarding.namespace)}/events`;
    const answer = await ask('POST', path, { type: 'application/json', body: objectOf(event) });
    if (answer.status !== 201) throw refusal('Event', answer);
  };
