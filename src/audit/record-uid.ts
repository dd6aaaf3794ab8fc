const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Can this text be the uid of a record? The API server gives each call a UUID; anything may stand in a pod's annotation. */
export const isRecordUid = (text: unknown): text is string => typeof text === 'string' && UID.test(text);
