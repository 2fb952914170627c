const nobody = 65534;

/** Whom servers run as: they refuse root, so it is a user without privileges when the caller is root. */
export const account: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
