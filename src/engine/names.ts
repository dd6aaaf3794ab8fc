/** The names that Kubernetes gives objects. */

const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const WHOLE_LABEL = new RegExp(`^${LABEL}$`);
const LABELS = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/** The most characters of an object's name. */
export const LONGEST_NAME = 253;

/** Is it one label of DNS, as the name of a namespace or Service is? */
export const isLabel = (text: string): boolean => WHOLE_LABEL.test(text);

/** Is it labels with dots between them, as the names of most objects are? */
export const isObjectName = (text: string): boolean => text.length <= LONGEST_NAME && LABELS.test(text);
