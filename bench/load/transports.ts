/** The transports of ZITADEL's user service that are compared. */
export const transports = ['rest', 'connect', 'grpc'] as const;
export type Transport = (typeof transports)[number];
