import { DirectoryError } from '#core/errors.ts';
import type { Observer } from '#core/ports.ts';
import type { Guard } from './guard.ts';

/** The same guard, which tells an observer of each credential that it refuses. */
export function observedGuard(guard: Guard, observer: Observer): Guard {
  const told = (dialect: string) => (error: unknown) => {
    observer.refused(dialect, error instanceof DirectoryError ? error.code : 'internal');
    throw error;
  };
  return {
    authenticate: (...call) => guard.authenticate(...call).catch(told(call[1])),
    refresh: (...call) => guard.refresh(...call).catch(told(call[1])),
    signIn: (...call) => guard.signIn(...call).catch(told(call[1].dialect)),
    confirm: (...call) => guard.confirm(...call).catch(told(call[2].dialect)),
    signInClient: (...call) => guard.signInClient(...call).catch(told(call[1].dialect)),
    signInMachine: (...call) => guard.signInMachine(...call).catch(told(call[0].dialect)),
    signInByKey: (...call) => guard.signInByKey(...call).catch(told(call[0].dialect)),
    issue: (...call) => guard.issue(...call),
  };
}
