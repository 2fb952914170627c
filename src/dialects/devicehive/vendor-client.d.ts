/** As much of the vendor's JavaScript client as its test uses. */
declare module 'devicehive' {
  interface UserModel {
    id?: number;
    login?: string;
    role?: number;
    status?: number;
    lastLogin?: string | null;
    data?: object | null;
    password?: string;
    introReviewed?: boolean;
  }

  class DeviceHive {
    static readonly models: {
      readonly User: new (user: UserModel) => UserModel;
      readonly query: { readonly UserListQuery: new (query: object) => object };
    };
    constructor(options: object);
    readonly accessToken: string | undefined;
    readonly info: { getServerInfo(): Promise<{ apiVersion: string }> };
    readonly user: {
      list(query?: object): Promise<UserModel[]>;
      count(query?: object): Promise<{ count: number }>;
      insert(user: UserModel): Promise<{ id: number }>;
      get(userId: number): Promise<UserModel>;
      update(user: UserModel): Promise<object>;
      delete(userId: number): Promise<object>;
      getCurrent(): Promise<UserModel>;
      updateCurrent(user: UserModel): Promise<object>;
    };
    connect(): Promise<DeviceHive>;
    disconnect(): void;
  }

  export = DeviceHive;
}
