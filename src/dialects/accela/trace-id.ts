import type { Clock, Random } from '#core/ports.ts';

/** The vendor's id of one request, `250612203424938-2de76e31`: UTC as yyMMddHHmmssSSS, a dash, eight hex digits. */
export function newTraceId(clock: Pick<Clock, 'now'>, random: Random): string {
  const digits = clock.now().replace(/\D/g, '').slice(2);
  return `${digits}-${Buffer.from(random.bytes(4)).toString('hex')}`;
}
