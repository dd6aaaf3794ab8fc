/**
 * The text of a record in two parts: its head, which is its own, and its shape, what was found and patched, which it shares with
 * every pod of the same template. A shape is kept once.
 */
import type { AuditRecord } from './record.ts';

/** `shape` is empty where the text could not be parted; the head is then all of it. */
export interface Body {
  readonly head: string;
  readonly shape: string;
}

// As records are written. A quote inside of a text is escaped in JSON, so these stand between fields only. A uid of the API server
// is in no other text by chance.
const UID = /^\{"time":"[^"\\]*","uid":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/;
const FROM = ',"policies":[';
const TO = ',"durationMs":';
/** Stands in a shape for the record's own uid, which its patch names. No JSON has this character. */
const OWN = '\u0001';

/** Where the shape stands in the text of a record, and the uid that the record has. */
export interface Place {
  readonly uid: string;
  readonly from: number;
  readonly to: number;
}

/** Finds the shape of a text; undefined where the text cannot be parted. */
export function placeOf(text: string): Place | undefined {
  const uid = text.includes(OWN) ? undefined : UID.exec(text)?.[1];
  const [from, to] = [text.indexOf(FROM), text.lastIndexOf(TO)];
  return uid === undefined || from < 0 || to < from ? undefined : { uid, from, to };
}

/** Can a text be the head of a record that was parted? */
export const isHead = (text: string): boolean => UID.test(text) && text.includes(TO);

/** What is not of the shape. */
export const headOf = (text: string, { from, to }: Place): string => text.slice(0, from) + text.slice(to);

/** The shape: what texts of one template share, whatever their uids. */
export const shapeOf = (text: string, { uid, from, to }: Place): string => text.slice(from, to).replaceAll(uid, OWN);

/** A shape between the places where the record's own uid stands. */
export const piecesOf = (shape: string): readonly string[] => shape.split(OWN);

/** Is the shape of these pieces the one that stands at that place? */
export function isShapeAt(text: string, { uid, from, to }: Place, pieces: readonly string[]): boolean {
  let at = from;
  // A slice is no copy, and slices are compared as fast as memory is.
  const has = (piece: string): boolean => text.slice(at, (at += piece.length)) === piece;
  return pieces.every((piece, i) => (i === 0 || has(uid)) && has(piece)) && at === to;
}

/** Puts the text of a record together again, byte for byte. */
export function textOf({ head, shape }: Body): string {
  if (shape === '') return head;
  const uid = UID.exec(head)![1]!;
  const at = head.lastIndexOf(TO);
  return head.slice(0, at) + shape.replaceAll(OWN, () => uid) + head.slice(at);
}

/** A body as a database keeps it. */
export interface BodyRow {
  readonly head: string;
  readonly shape: string | null;
}

/** The record of a body. */
export const recordOf = ({ head, shape }: BodyRow): AuditRecord =>
  JSON.parse(textOf({ head, shape: shape ?? '' })) as AuditRecord;

/** The fields that a shape holds. A patch has nothing in place of the record's uid. Throws where it is no JSON. */
export const fieldsOf = (shape: string): Partial<AuditRecord> =>
  JSON.parse(`{${shape.slice(1).replaceAll(OWN, '')}}`) as Partial<AuditRecord>;
