/** What everything is measured against. */
export const bareName = 'bare Fastify PUT';
