export { ClientBody, checkClientBody, checkTokenBody, TokenBody } from './access.ts';
export { checkMetadataBody, checkMetadataPatchBody, MetadataBody, MetadataPatchBody } from './metadata.ts';
export { checkRealmBody, RealmBody } from './realm.ts';
export { checkUserBody, UserBody } from './schema.ts';
