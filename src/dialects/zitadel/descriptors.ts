import {
  clone,
  create,
  createFileRegistry,
  type DescFile,
  type DescService,
  type MessageInitShape,
  setExtension,
} from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  OneofDescriptorProtoSchema,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { FieldRulesSchema, rules } from '@zitadel/proto/validate/validate_pb.js';
import { file_zitadel_filter_v2_filter as filterFile } from '@zitadel/proto/zitadel/filter/v2/filter_pb.js';
import {
  type MetadataKeyFilter,
  file_zitadel_metadata_v2_metadata as metadataFile,
} from '@zitadel/proto/zitadel/metadata/v2/metadata_pb.js';
import {
  type SearchQuery as PublishedSearchQuery,
  file_zitadel_user_v2_query as queryFile,
} from '@zitadel/proto/zitadel/user/v2/query_pb.js';
import type { AccessTokenType } from '@zitadel/proto/zitadel/user/v2/user_pb.js';
import {
  type Metadata,
  type CreateUserRequest as PublishedCreateUserRequest,
  type UpdateUserRequest as PublishedUpdateUserRequest,
  type UserService as PublishedUserService,
  file_zitadel_user_v2_user_service as userServiceFile,
} from '@zitadel/proto/zitadel/user/v2/user_service_pb.js';

export type MetadataEntry = Pick<Metadata, 'key' | 'value'>;

export type CreateUserRequest = PublishedCreateUserRequest & { readonly metadata: readonly MetadataEntry[] };
/** An entry with an empty value removes its key. */
export type UpdateUserRequest = PublishedUpdateUserRequest & { readonly metadata: readonly MetadataEntry[] };

/** What a creation and an update say of a machine, besides what is published. */
export interface NewerMachine {
  readonly accessTokenType?: AccessTokenType;
}

/** A query with the kinds that are not published: give the cases of `query` this type. */
export type NewerQuery =
  | PublishedSearchQuery['query']
  | { readonly case: 'metadataKeyFilter'; readonly value: MetadataKeyFilter }
  | { readonly case: 'metadataValueFilter'; readonly value: { value: Uint8Array; method: ByteFilterMethod } };

export const byteFilterMethods = { BYTE_FILTER_METHOD_EQUALS: 0, BYTE_FILTER_METHOD_NOT_EQUALS: 1 } as const;
export type ByteFilterMethod = (typeof byteFilterMethods)[keyof typeof byteFilterMethods];

/**
 * The vendor's user service, with what its proto files have and the published descriptors (@zitadel/proto 1.3.1) have
 * not yet. On the wire it is the same service.
 */
export const UserService = serviceOf(newerFiles()) as typeof PublishedUserService;

/** The files that have newer members, each behind those that it imports. */
function newerFiles(): readonly FileDescriptorProto[] {
  const [filters, metadata] = [copyOf(filterFile), copyOf(metadataFile)];
  const [queries, service] = [copyOf(queryFile), copyOf(userServiceFile)];
  const { messageType: requests } = service;
  const [creation, update] = [named('CreateUserRequest', requests), named('UpdateUserRequest', requests)];
  creation.field.push(entriesField(6, '.zitadel.user.v2.Metadata'));
  update.field.push(entriesField(5, '.zitadel.user.v2.UpdateUserRequest.Metadata'));
  // Its value may be empty, so it is not the message that a creation has.
  update.nestedType.push(message('Metadata', keyField(), bytesField('value', 2)));
  for (const { nestedType } of [creation, update]) addAccessTokenType(named('Machine', nestedType));

  queries.dependency.push(metadata.name);
  named('SearchQuery', queries.messageType).field.push(queryField('key', 17), queryField('value', 18));
  const method = enumField('method', 2, '.zitadel.filter.v2.ByteFilterMethod');
  metadata.messageType.push(message('MetadataValueFilter', bytesField('value', 1), method));
  const value = Object.entries(byteFilterMethods).map(([name, number]) => ({ name, number }));
  filters.enumType.push(create(EnumDescriptorProtoSchema, { name: 'ByteFilterMethod', value }));
  return [filters, metadata, queries, service];
}

function copyOf({ proto }: DescFile): FileDescriptorProto {
  return clone(FileDescriptorProtoSchema, proto);
}

/** The user service in these files; what else they import is as it is published. */
function serviceOf(files: readonly FileDescriptorProto[]): DescService | undefined {
  const known = new Map(userServiceFile.dependencies.map((file) => [`${file.name}.proto`, file]));
  for (const file of files) {
    const rebuilt = createFileRegistry(file, (name) => known.get(name)).getFile(file.name);
    if (rebuilt) known.set(file.name, rebuilt);
  }
  return known.get(userServiceFile.proto.name)?.services[0];
}

function named<Named extends { readonly name: string }>(name: string, all: readonly Named[]): Named {
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw new Error(`The published descriptors have no ${name}.`);
  return found;
}

function message(name: string, ...field: FieldDescriptorProto[]): DescriptorProto {
  return create(DescriptorProtoSchema, { name, field });
}

type Shape = Omit<MessageInitShape<typeof FieldDescriptorProtoSchema>, '$typeName'>;
type Rules = NonNullable<MessageInitShape<typeof FieldRulesSchema>['type']>;

function field(name: string, number: number, shape: Shape, type?: Rules): FieldDescriptorProto {
  const jsonName = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const options = create(FieldOptionsSchema);
  if (type) setExtension(options, rules, create(FieldRulesSchema, { type }));
  return create(FieldDescriptorProtoSchema, { name, number, jsonName, label: Label.OPTIONAL, options, ...shape });
}

function entriesField(number: number, typeName: string): FieldDescriptorProto {
  return field('metadata', number, { type: Type.MESSAGE, label: Label.REPEATED, typeName });
}

function keyField(): FieldDescriptorProto {
  return field('key', 1, { type: Type.STRING }, { case: 'string', value: { minLen: 1n, maxLen: 200n } });
}

function bytesField(name: string, number: number): FieldDescriptorProto {
  return field(name, number, { type: Type.BYTES }, { case: 'bytes', value: { maxLen: 500_000n } });
}

function enumField(name: string, number: number, typeName: string, shape: Shape = {}): FieldDescriptorProto {
  return field(name, number, { type: Type.ENUM, typeName, ...shape }, { case: 'enum', value: { definedOnly: true } });
}

function queryField(of: 'key' | 'value', number: number): FieldDescriptorProto {
  const typeName = `.zitadel.metadata.v2.Metadata${of === 'key' ? 'Key' : 'Value'}Filter`;
  return field(`metadata_${of}_filter`, number, { type: Type.MESSAGE, typeName, oneofIndex: 0 });
}

/** An optional field has a oneof of its own, behind the others. */
function addAccessTokenType(machine: DescriptorProto): void {
  const oneofIndex = machine.oneofDecl.push(create(OneofDescriptorProtoSchema, { name: '_access_token_type' })) - 1;
  const shape = { proto3Optional: true, oneofIndex };
  machine.field.push(enumField('access_token_type', 3, '.zitadel.user.v2.AccessTokenType', shape));
}
