/** The operational log: at most one line a request, on stderr, so that stdout is the audit trail's alone. */
import winston from 'winston';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['auto', 'text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Writes lines for operators. Fields never hold values from a pod's environment, nor whole objects. */
export type Log = winston.Logger;

const { combine, timestamp, json, printf, colorize } = winston.format;

const field = (value: unknown): string =>
  typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value);

const text = printf(({ timestamp: time, level, message, ...fields }) => {
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${field(value)}`);
  return `${String(time)} ${level} ${String(message)}${rest.join('')}`;
});

/** Opens the operational log. `auto` is text on a terminal and JSON where it is piped. */
export function openLog(level: LogLevel, format: LogFormat, colour: boolean): Log {
  const terminal = process.stderr.isTTY;
  const asText = format === 'text' || (format === 'auto' && terminal);
  const coloured = terminal && colour;
  return winston.createLogger({
    level,
    format: asText ? combine(timestamp(), ...(coloured ? [colorize()] : []), text) : combine(timestamp(), json()),
    transports: [new winston.transports.Stream({ stream: process.stderr })],
  });
}
